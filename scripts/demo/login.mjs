import { randomBytes } from 'node:crypto';
import { expect, say, send, show, step } from './narrate.mjs';

/** Makes an account with an address and a password of its own, so that the demo can be run again and again. */
export async function register({ auth }, name) {
  step(`${name} makes an account at auth`);
  const credentials = {
    email: `${name.toLowerCase()}-${randomBytes(4).toString('hex')}@example.com`,
    password: randomBytes(18).toString('base64url'),
  };
  const { status, body } = await send('POST', `${auth}/auth/register`, { body: { ...credentials, name } });
  expect(status === 201, 'the account exists', body);
  expect(body.roles.includes('customer'), 'its role is customer', body.roles);
  return credentials;
}

/** Without a word. */
export async function logInQuietly({ auth }, credentials) {
  const response = await fetch(`${auth}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  return response.json();
}

export async function logIn({ auth }, credentials) {
  step('Ada logs in');
  say(`The password goes to auth and nowhere else. What comes back is an access token, which is signed and lives for
    minutes, and a refresh token, which is random and only means something to auth.`);
  const { status, body } = await send('POST', `${auth}/auth/login`, { body: credentials });
  expect(status === 200 && typeof body.access_token === 'string', 'there is an access token', body);
  expect(body.token_type === 'Bearer' && body.expires_in <= 900, `it lives for ${body.expires_in} seconds`, body);
  return body;
}

const MEANING = {
  iss: 'who issued it: services compare this exactly with the issuer they trust',
  sub: 'who it speaks for',
  aud: 'the services that may take it; any other one refuses it',
  exp: 'when it ends',
  iat: 'when it was issued',
  jti: 'this one token, by name',
  client_id: 'the program that it was issued to',
  sid: 'the login that it belongs to; ending the login ends the token',
  scope: 'what it may be used for',
  roles: 'what its owner is',
  auth_time: 'when the password was typed',
};

/** Shows what is in a token: anybody can read it, only auth can make it. */
export function decodeToken(token) {
  step('What is in the access token');
  say(`Three parts, separated by dots, each base64url: a header, the claims, a signature over both. It is signed, not
    encrypted: anybody can read it, nobody but auth can make one or change one.`);
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  show('header');
  for (const [name, value] of Object.entries(header)) show(`  ${name.padEnd(10)} ${value}`);
  show('claims');
  for (const [name, value] of Object.entries(claims)) {
    show(`  ${name.padEnd(10)} ${JSON.stringify(value)}`);
    if (MEANING[name] !== undefined) show(`  ${''.padEnd(10)}   ${MEANING[name]}`);
  }
  expect(header.typ === 'at+jwt', 'the header says that it is an access token (RFC 9068)', header);
  expect(
    ['catalog', 'orders', 'inventory'].every((name) => claims.aud.includes(name)),
    'it is for all three services',
    claims,
  );
  expect(claims.exp - claims.iat <= 900, 'it ends soon, so a stolen one is worth little', claims);
  return { header, claims };
}

export async function refresh({ auth }, session) {
  step('The access token is renewed with the refresh token');
  say(`No password is needed. The refresh token is used up by this: the answer has a new one. If an old one turns up
    again, somebody stole it, and the whole login is ended.`);
  const { status, body } = await send('POST', `${auth}/auth/refresh`, {
    body: { refresh_token: session.refresh_token },
  });
  expect(status === 200, 'there is a new access token', body);
  expect(body.refresh_token !== session.refresh_token, 'the refresh token is another one (rotation)', 'the same');
  expect(body.access_token !== session.access_token, 'the access token is another one', 'the same');
  return body;
}
