/**
 * `npm run bench:revocation`: how long it takes from the answer of a logout to the refusal in every service.
 *
 * Two instances of the issuer and the three services run as processes, on PostgreSQL where DATABASE_SERVER names a server
 * (postgres://postgres@127.0.0.1:5432 by default). Sessions are ended at both instances in turn while others are in use; each service is
 * asked with the ended session's token until it refuses: orders and catalog over HTTP, inventory over TCP.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { exchangeQuietly } from './demo/exchange.mjs';
import { AppProcess } from './system/app-process.mjs';
import { APPS } from './system/apps.mjs';
import { askInventory } from './system/ask-inventory.mjs';
import { freePorts } from './system/free-port.mjs';
import { LocalSystem } from './system/local-system.mjs';
import { runBuild } from './system/run-build.mjs';
import { serviceClient } from './system/service-client.mjs';

const SESSIONS = Number(process.env.SESSIONS ?? 1000);
const AT_ONCE = 10;
const SERVER = process.env.DATABASE_SERVER ?? 'postgres://postgres@127.0.0.1:5432';
const root = join(import.meta.dirname, '..');

await runBuild(join(root, 'node_modules/.bin/nest'), ['build', '--all'], ['ignore', 'ignore', 'inherit']);
const folder = await mkdtemp(join(tmpdir(), 'watchword-bench-'));
const { second, ...ports } = await freePorts('second', 'auth', 'catalog', 'orders', 'inventory', 'tcp');
const databases = await Promise.all(APPS.map(async (app) => /** @type {const} */ ([app, await createDatabase(app)])));
const clients = await serviceClient(join(folder, 'clients.json'));
const first = `http://127.0.0.1:${ports.auth}`;
const issuers = [first, `http://127.0.0.1:${second}`];
const events = issuers.map((url) => `${url}/security-events`).join(',');
const secrets = {
  KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
  ADMIN_PASSWORD: randomBytes(18).toString('base64url'),
};
const limits = { REGISTER_LIMIT_ADDRESS: '100000', LOGIN_LIMIT_SUCCESSES: '100000', PASSWORD_HASH_QUEUE: '10000' };
const system = new LocalSystem({
  ports,
  cwd: folder,
  env: {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    NODE_ENV: 'test',
    DATA_DIR: join(folder, 'data'),
    LOG_FORMAT: 'json',
  },
  appEnv: Object.fromEntries(
    databases.map(([app, url]) => [
      app,
      {
        DATABASE_URL: url,
        ...clients[app],
        ...(app === 'auth' ? { ...secrets, ...limits } : { AUTH_EVENTS_URLS: events }),
      },
    ]),
  ),
});
/** @type {AppProcess | undefined} */
let other;
try {
  system.startAll();
  await system.ready(120_000);
  other = new AppProcess({ name: 'auth', cwd: folder, env: { ...system.environmentOf('auth'), PORT: String(second) } });
  await until(async () => (await fetch(`${issuers[1]}/health/ready`)).ok);
  await measure();
} finally {
  await other?.stop('SIGKILL');
  await system.stop('SIGKILL');
  await Promise.all(databases.map(([, url]) => dropDatabase(url)));
  await rm(folder, { recursive: true, force: true });
}

async function measure() {
  const people = [];
  for (let count = 0; count < SESSIONS; count += AT_ONCE) {
    people.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => newSession()))));
  }
  const bystander = await newSession();
  /** @type {Record<string, number[]>} */
  const times = { catalog: [], orders: [], inventory: [] };
  let wrong = 0;
  for (let at = 0; at < people.length; at += AT_ONCE) {
    await Promise.all(
      people.slice(at, at + AT_ONCE).map(async (person, index) => {
        await post(`${issuers[index % 2]}/auth/logout`, { refresh_token: person.refresh });
        const answered = performance.now();
        await Promise.all(
          Object.keys(times).map(async (service) => {
            await until(async () => (await ask(service, person)) === 401);
            times[service]?.push(performance.now() - answered);
          }),
        );
      }),
    );
    for (const service of Object.keys(times)) if ((await ask(service, bystander)) === 401) wrong += 1;
  }
  console.log(
    `${SESSIONS} sessions ended, ${AT_ONCE} at once, at two instances of the issuer; milliseconds from the answer to the refusal\n`,
  );
  console.log('|           |  p50 |  p99 |  max |\n| --------- | ---: | ---: | ---: |');
  for (const [service, measured] of Object.entries(times)) {
    const sorted = measured.toSorted((a, b) => a - b);
    const rank = (/** @type {number} */ share) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
    console.log(`| ${service.padEnd(9)} | ${[0.5, 0.99, 1].map((share) => rank(share).padStart(4)).join(' | ')} |`);
  }
  console.log(`\nwrong refusals: ${wrong}`);
}

async function newSession() {
  const credentials = {
    email: `${randomBytes(8).toString('hex')}@bench.example`,
    password: randomBytes(18).toString('base64url'),
  };
  await post(`${first}/auth/register`, credentials);
  const { access_token: token, refresh_token: refresh } = await post(`${first}/auth/login`, credentials);
  const { CLIENT_ID = '', CLIENT_SECRET = '' } = clients.orders ?? {};
  const client = { clientId: CLIENT_ID, secret: CLIENT_SECRET };
  const { access_token: own } = await exchangeQuietly(first, token, client);
  return { token, refresh, inventory: own };
}

/**
 * The status that a service answers with.
 *
 * @param {string} service
 * @param {{ token: string, inventory: string }} person
 */
async function ask(service, { token, inventory: own }) {
  if (service === 'inventory') return askInventory(ports.tcp, own);
  const [method, path] = service === 'orders' ? ['GET', '/orders'] : ['POST', '/products'];
  const response = await fetch(`${system.url(/** @type {'orders' | 'catalog'} */ (service))}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  await response.arrayBuffer();
  return response.status;
}

/** @param {string} url @param {object} body */
async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** @param {() => Promise<boolean>} condition */
async function until(condition) {
  const deadline = Date.now() + 60_000;
  while (!(await condition().catch(() => false))) if (Date.now() > deadline) throw new Error('It never came');
}

/** @param {string} app */
async function createDatabase(app) {
  const name = `watchword_bench_${app}_${randomBytes(4).toString('hex')}`;
  await onServer(`create database ${name}`);
  return `${SERVER}/${name}`;
}

/** @param {string} url */
function dropDatabase(url) {
  return onServer(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
}

/** @param {string} statement */
async function onServer(statement) {
  const client = new pg.Client(`${SERVER}/postgres`);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
