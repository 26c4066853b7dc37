/**
 * `npm run demo`: the main job, step by step, with what is sent and what comes back.
 *
 * Uses the system that `npm start` runs; starts one of its own in a temporary directory if there is none.
 * Ends with an error at the first step that is not as it should be.
 */
import { DEFAULT_PORTS } from './system/apps.mjs';
import { say, title } from './demo/narrate.mjs';
import { startOwnSystem } from './demo/own-system.mjs';
import { decodeToken, logIn, logInQuietly, refresh, register } from './demo/login.mjs';
import { browse, order, readOrders } from './demo/shopping.mjs';
import { forgedToken, missingScope, noToken, othersOrder } from './demo/refusals.mjs';
import { publishedKeys, verifyWithoutIssuer } from './demo/keys.mjs';

async function reachable(url) {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The URLs of a running system, or of one that is started here. */
async function findSystem() {
  const urls = {
    auth: process.env.AUTH_URL ?? `http://127.0.0.1:${DEFAULT_PORTS.auth}`,
    catalog: process.env.CATALOG_URL ?? `http://127.0.0.1:${DEFAULT_PORTS.catalog}`,
    orders: process.env.ORDERS_URL ?? `http://127.0.0.1:${DEFAULT_PORTS.orders}`,
  };
  const running = await Promise.all(Object.values(urls).map((url) => reachable(url)));
  if (running.every(Boolean)) {
    say(`Watchword runs at ${urls.auth}; the demo uses it.`);
    return { urls, stop: async () => undefined };
  }
  return startOwnSystem();
}

async function main() {
  title('Watchword: one login, and every service checks it alone');
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
    await othersOrder(urls, await logInQuietly(urls, bob), placed);
    await missingScope(urls, session);
    await forgedToken(urls, session);
    const renewed = await refresh(urls, session);
    await verifyWithoutIssuer(system, renewed);
    title('Every step was as it should be');
    return 0;
  } catch (error) {
    console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await system?.stop();
  }
}

process.exitCode = await main();
