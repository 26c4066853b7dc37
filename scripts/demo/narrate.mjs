/** @import { ServiceClient } from './types.js' */

const paint = (/** @type {number} */ code) => (/** @type {string} */ text) =>
  process.stdout.isTTY ? `\u001B[${code}m${text}\u001B[0m` : text;
const bold = paint(1);
const dim = paint(2);
const green = paint(32);
const yellow = paint(33);

let steps = 0;

/** A heading that is no step. */
export const title = (/** @type {string} */ text) => console.log(`\n${bold(text)}\n`);

/**
 * A sentence or more, wrapped for a terminal.
 *
 * @param {string} text
 */
export function say(text) {
  const words = text.replaceAll(/\s+/g, ' ').trim().split(' ');
  const lines = [''];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length > 96) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  console.log(lines.join('\n'));
}

/**
 * Begins a step.
 *
 * @param {string} text
 */
export function step(text) {
  steps += 1;
  console.log(`\n${bold(`${steps}. ${text}`)}`);
}

/**
 * Lines that came or went over the wire.
 *
 * @param {string} text
 */
export function show(text) {
  for (const line of text.split('\n')) console.log(dim(`   │ ${line}`));
}

/**
 * States what was proved, or ends the demo.
 *
 * @param {boolean} condition
 * @param {string} claim
 * @param {unknown} found
 */
export function expect(condition, claim, found) {
  if (!condition) throw new Error(`it should be that ${claim}, but it is not. What came: ${JSON.stringify(found)}`);
  console.log(green(`   ✓ ${claim}`));
}

/** States what was measured; nothing ends by it. */
export const measured = (/** @type {string} */ text, /** @type {boolean} */ good) =>
  console.log(good ? green(`   ✓ ${text}`) : yellow(`   ! ${text}`));

/** Long opaque strings are cut where they are shown. */
const shorten = (/** @type {string} */ text) => cut(text.replaceAll(/([\w-]{12})[\w.-]{40,}/g, '$1…'));
const cut = (/** @type {string} */ text) => (text.length > 260 ? `${text.slice(0, 260)} …` : text);

/**
 * Sends a request, shows it and its answer, and gives back status, headers and the parsed body.
 *
 * @param {string} method
 * @param {string} url
 * @param {{ token?: string, client?: ServiceClient, body?: object, form?: Readonly<Record<string, string>> }} [options]
 * @returns {Promise<{ status: number, headers: Headers, body: any }>} the body is what the step expects, or the step fails
 */
export async function send(method, url, { token, client, body, form } = {}) {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(client !== undefined && { authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  show(`→ ${method} ${url}`);
  if (token !== undefined) show(`  Authorization: Bearer ${shorten(token)}`);
  if (client !== undefined) show(`  Authorization: Basic (${client.clientId} and its secret)`);
  if (body !== undefined) show(`  ${shorten(JSON.stringify(hidePassword(body)))}`);
  for (const [name, value] of Object.entries(form ?? {})) show(`  ${name}=${shorten(value)}`);
  const response = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(form !== undefined && { body: new URLSearchParams(form) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  const answer = text === '' ? undefined : JSON.parse(text);
  show(`← ${response.status} ${response.statusText}`);
  const challenge = response.headers.get('www-authenticate');
  if (challenge !== null) show(`  WWW-Authenticate: ${challenge}`);
  if (answer !== undefined) show(`  ${shorten(JSON.stringify(answer))}`);
  return { status: response.status, headers: response.headers, body: answer };
}

/**
 * The header and the claims of a token.
 *
 * @param {string} token
 * @returns {any[]}
 */
export const decode = (token) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));

const hidePassword = (/** @type {object} */ body) => ('password' in body ? { ...body, password: '••••••••' } : body);
