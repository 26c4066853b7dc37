/**
 * `npm run demo`: the main job, step by step, with what is sent and what comes back.
 *
 * Uses the system that `npm start` runs in this folder, or the one at AUTH_URL, CATALOG_URL and ORDERS_URL; starts one of
 * its own in a temporary directory if there is none. Ends with an error at the first step that is not as it should be.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configuredPorts, dataDirectory, variable } from './system/configured.mjs';
import { narrowerToken } from './demo/exchange.mjs';
import { say, title } from './demo/narrate.mjs';
import { startOwnSystem } from './demo/own-system.mjs';
import {
  decodeToken,
  logIn,
  logInQuietly,
  logOut,
  ownAccount,
  refresh,
  register,
  stolenRefreshToken,
} from './demo/login.mjs';
import { browse, order, readOrders } from './demo/shopping.mjs';
import { forgedToken, missingScope, noToken, othersOrder, unsignedToken } from './demo/refusals.mjs';
import { publishedKeys, verifyWithoutIssuer } from './demo/keys.mjs';

/** @import { DemoSystem, ServiceClient } from './demo/types.js' */

/** @param {string} url */
async function reachable(url) {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/**
 * The URLs of a running system, or of one that is started here.
 *
 * @returns {Promise<DemoSystem>}
 */
async function findSystem() {
  const ports = configuredPorts(process.cwd());
  const urls = {
    auth: process.env.AUTH_URL ?? `http://127.0.0.1:${ports.auth}`,
    catalog: process.env.CATALOG_URL ?? `http://127.0.0.1:${ports.catalog}`,
    orders: process.env.ORDERS_URL ?? `http://127.0.0.1:${ports.orders}`,
  };
  const running = await Promise.all(Object.values(urls).map((url) => reachable(url)));
  if (running.every(Boolean)) {
    say(`Watchword runs at ${urls.auth}; the demo uses it, and its log shows the other side.`);
    const isLocal = process.env.AUTH_URL === undefined;
    const inventoryPort = isLocal ? ports.tcp : undefined;
    return { urls, client: await ordersClient(), inventoryPort, stop: async () => undefined };
  }
  return startOwnSystem();
}

/**
 * How orders authenticates at the auth that `npm start` runs in this folder; undefined where that can't be known.
 *
 * @returns {Promise<ServiceClient | undefined>}
 */
async function ordersClient() {
  const folder = process.cwd();
  const [clientId, secret] = ['CLIENT_ID', 'CLIENT_SECRET'].map((name) => variable(folder, 'orders', name));
  if (clientId !== undefined && secret !== undefined) return { clientId, secret };
  if (process.env.AUTH_URL !== undefined || variable(folder, 'auth', 'CLIENTS_FILE') !== undefined) return undefined;
  const text = await readFile(join(dataDirectory(folder), 'clients.json'), 'utf8').catch(() => undefined);
  return text === undefined
    ? undefined
    : JSON.parse(text).find((/** @type {ServiceClient} */ client) => client.clientId === 'orders');
}

function introduce() {
  title('Watchword: one login, and every service checks it alone');
  say(`Four programs make a small shop: auth logs people in, catalog knows the products, orders takes orders, inventory keeps
    the stock. A person speaks to orders, and orders speaks to inventory. How does inventory know for whom? If it asked auth
    each time, nothing would work while auth does not. If it believed orders, whoever broke into orders could be anybody.
    It does neither: auth hands out signed tokens, a token goes along with each call, and each program checks it.`);
  console.log();
}

async function main() {
  introduce();
  /** @type {DemoSystem | undefined} */
  let system;
  try {
    system = await findSystem();
    const { urls } = system;
    const ada = await register(urls, 'Ada');
    const session = await logIn(urls, ada);
    const { header } = decodeToken(session.access_token);
    await publishedKeys(urls, header);
    await browse(urls);
    await noToken(urls);
    const placed = await order(urls, session);
    await readOrders(urls, session, placed);
    const bob = await register(urls, 'Bob');
    const bobsSession = await logInQuietly(urls, bob);
    await othersOrder(urls, bobsSession, placed);
    await missingScope(urls, session);
    await forgedToken(urls, session);
    await unsignedToken(urls, session);
    if (system.client !== undefined) await narrowerToken(urls, session, system.client);
    const forAccount = await ownAccount(urls, session);
    const renewed = await refresh(urls, forAccount);
    await stolenRefreshToken(urls, bobsSession);
    await logOut(urls, await logInQuietly(urls, bob), system);
    if (system.stopAuth !== undefined) await verifyWithoutIssuer(system, renewed);
    title('Every step was as it should be');
    if (system.stopAuth === undefined) sayWhatIsLeft();
    return 0;
  } catch (error) {
    console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await system?.stop();
  }
}

function sayWhatIsLeft() {
  say(`One step is left out, since this system is yours: with auth stopped, who is logged in goes on working. To see it,
    stop npm start and run the demo alone.`);
}

process.exitCode = await main();
