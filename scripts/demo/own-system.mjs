import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWhatChanged } from '../system/build.mjs';
import { freePorts } from '../system/free-port.mjs';
import { LocalSystem } from '../system/local-system.mjs';
import { serviceClient } from '../system/service-client.mjs';
import { measured, say } from './narrate.mjs';

/** @import { DemoSystem } from './types.js' */

/** Seconds from the first process to the last app that is ready, on two cores. */
const BUDGET = { first: 30, later: 10 };

/**
 * Starts all four apps and says how long it took. A busy machine is no reason to end the demo.
 *
 * @param {LocalSystem} system
 * @param {keyof typeof BUDGET} kind
 */
async function boot(system, kind) {
  const started = performance.now();
  system.startAll();
  await system.ready(120_000);
  const seconds = (performance.now() - started) / 1000;
  const verdict = seconds <= BUDGET[kind] ? 'within' : 'over';
  measured(
    `the ${kind} start took ${seconds.toFixed(1)} s, ${verdict} its budget of ${BUDGET[kind]} s`,
    verdict === 'within',
  );
}

/**
 * `JWT_SIGNING=shared-secret npm run demo` shows the other way to sign.
 *
 * @returns {Record<string, string>}
 */
function signing() {
  if (process.env.JWT_SIGNING !== 'shared-secret') return {};
  return { JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: randomBytes(32).toString('base64url') };
}

/**
 * A system of the demo's own: other ports, a directory that is deleted at the end.
 *
 * @returns {Promise<DemoSystem>}
 */
export async function startOwnSystem() {
  say('No running system was found, so the demo starts one of its own and throws it away at the end.');
  const built = await buildWhatChanged();
  if (built.length > 0) say(`Built ${built.join(', ')}.`);
  const folder = await mkdtemp(join(tmpdir(), 'watchword-demo-'));
  const clients = await serviceClient(join(folder, 'clients.json'));
  const { PATH = '', HOME = '' } = process.env;
  const system = new LocalSystem({
    ports: await freePorts('auth', 'catalog', 'orders', 'inventory', 'tcp'),
    appEnv: clients,
    cwd: folder,
    env: {
      PATH,
      HOME,
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      ...signing(),
    },
  });
  const stop = async () => {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  try {
    await boot(system, 'first');
    await system.stop();
    await boot(system, 'later');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: { auth: system.url('auth'), catalog: system.url('catalog'), orders: system.url('orders') },
    client: { clientId: clients.orders?.['CLIENT_ID'] ?? '', secret: clients.orders?.['CLIENT_SECRET'] ?? '' },
    inventoryPort: system.tcp.port,
    stopAuth: () => system.app('auth').stop(),
    stop,
  };
}
