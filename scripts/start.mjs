/**
 * `npm start`: builds what changed and runs the four apps with embedded databases,
 * until Ctrl-C or until one of them ends.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, environmentFor } from './system/apps.mjs';
import { buildWhatChanged } from './system/build.mjs';
import { configuredPorts, dataDirectory, inherited, portSetting, variable } from './system/configured.mjs';
import { portTaken } from './system/free-port.mjs';
import { LocalSystem } from './system/local-system.mjs';
import { printLogLine } from './system/print-log-line.mjs';
import { serviceClient } from './system/service-client.mjs';

/** @import { AppName, Ports } from './system/apps.mjs' */

/** @typedef {{ email: string, password: string }} Administrator */

/** Where `.env`, `.env.<app>` and the data are: the folder it is run in. */
const folder = process.cwd();
const data = dataDirectory(folder);

const WHAT = {
  auth: 'logs people in, signs tokens, publishes its public keys',
  catalog: 'products: reading is public, changing needs a scope',
  orders: 'orders: calls catalog over HTTP and inventory over TCP for you',
  inventory: 'stock, over TCP; HTTP for health and metrics alone',
};

/**
 * The variables that connect the apps: as they are configured, and implied by ports and data where they are not.
 *
 * @param {Ports} ports
 * @returns {Promise<Partial<Record<AppName, Record<string, string>>>>}
 */
async function appEnvironment(ports) {
  const connections = environmentFor(ports);
  const clients = await serviceClient(join(data, 'clients.json'));
  return Object.fromEntries(
    APPS.map((app) => {
      const implied = Object.entries({ ...connections[app], ...clients[app] });
      return [app, Object.fromEntries(implied.map(([name, value]) => [name, variable(folder, app, name) ?? value]))];
    }),
  );
}

/** @param {Ports} ports */
async function refuseTakenPorts(ports) {
  /** @type {[name: keyof Ports, port: number][]} */
  const taken = [];
  for (const [name, port] of /** @type {[keyof Ports, number][]} */ (Object.entries(ports)))
    if (await portTaken(port)) taken.push([name, port]);
  if (taken.length === 0) return true;
  for (const [name, port] of taken) {
    console.error(`Port ${port} is taken, and ${name === 'tcp' ? 'inventory' : name} needs it.`);
  }
  const settings = taken.map(([name]) => portSetting(name)).join(', ');
  console.error(`Stop what listens there (is Watchword running already?), or set ${settings}.`);
  return false;
}

/**
 * @param {LocalSystem} system
 * @param {{ seconds: number, administrator: Administrator | undefined }} started
 */
function printSummary(system, { seconds, administrator }) {
  console.log(`\nWatchword is ready, ${seconds.toFixed(1)} s after its start.\n`);
  for (const app of [...APPS].reverse()) console.log(`  ${app.padEnd(10)} ${system.url(app)}  ${WHAT[app]}`);
  console.log(`  ${''.padEnd(10)} tcp://${system.tcp.host}:${system.tcp.port}   inventory's messages`);
  console.log(`\nThe APIs are at /docs of each. ${whereDataIs()}`);
  printFirstSteps(system, administrator);
  console.log('\nThe whole story, step by step: npm run demo, in another terminal. Ctrl-C stops everything.\n');
}

function whereDataIs() {
  const elsewhere = APPS.filter((app) => variable(folder, app, 'DATABASE_URL') !== undefined);
  if (elsewhere.length === 0) return `The data is in ${data}: delete it to begin anew.`;
  return `The data is in ${data}, that of ${elsewhere.toReversed().join(', ')} at DATABASE_URL.`;
}

/**
 * Lines to paste, from a login to an order.
 *
 * @param {LocalSystem} system
 * @param {Administrator | undefined} administrator
 */
function printFirstSteps(system, administrator) {
  const { email, password } = administrator ?? { email: 'ada@example.com', password: 'a-password-of-yours' };
  const credentials = `'${JSON.stringify({ email, password })}'`;
  const json = "-H 'content-type: application/json'";
  if (administrator === undefined) {
    console.log('\nCreate an account, if you have none:');
    console.log(`  curl -s ${system.url('auth')}/auth/register ${json} -d ${credentials}`);
  } else {
    console.log('\nThe first administrator, made just now. The password is shown this once:');
    console.log(`  email     ${email}\n  password  ${password}`);
  }
  const token = `node -p 'JSON.parse(fs.readFileSync(0)).access_token'`;
  console.log('\nLog in, and keep the access token (it is good for minutes: log in again after that):');
  console.log(`  TOKEN=$(curl -s ${system.url('auth')}/auth/login ${json} -d ${credentials} | ${token})`);
  console.log(
    '\nOrder something: orders verifies the token, and exchanges it for one that inventory, over TCP, verifies again:',
  );
  console.log(`  curl -s ${system.url('orders')}/orders -H "Authorization: Bearer $TOKEN" ${json} \\`);
  console.log(`    -d '{"items":[{"sku":"LAMP-OIL","quantity":1}]}'`);
  const own = `'${JSON.stringify({ email, password, resource: 'auth' })}'`;
  console.log(
    `\nThat token is for the services. Your account${administrator ? ' and /admin need' : ' needs'} one for auth alone:`,
  );
  console.log(`  AUTH_TOKEN=$(curl -s ${system.url('auth')}/auth/login ${json} -d ${own} | ${token})`);
  const path = administrator === undefined ? '/auth/me' : '/admin/accounts';
  console.log(`  curl -s ${system.url('auth')}${path} -H "Authorization: Bearer $AUTH_TOKEN"`);
}

/**
 * What auth printed of the administrator that it made, if it made one: a plain line, since logs hold no passwords.
 *
 * @param {readonly string[]} lines
 * @returns {Administrator | undefined}
 */
function administratorIn(lines) {
  for (const line of lines) {
    const [, email, password] = /^First administrator: (\S+) password: (\S+)/.exec(line) ?? [];
    if (email !== undefined && password !== undefined) return { email, password };
  }
  return undefined;
}

async function main() {
  const ports = configuredPorts(folder);
  if (!(await refuseTakenPorts(ports))) return 1;
  const built = await buildWhatChanged();
  if (built.length > 0) console.log(`Built ${built.join(', ')}.`);

  const appEnv = await appEnvironment(ports);
  const first = !existsSync(join(data, 'auth'));
  console.log(first ? 'Starting for the first time: four databases are made …' : 'Starting …');
  const started = performance.now();
  const system = new LocalSystem({
    ports,
    cwd: folder,
    env: { ...inherited, LOG_FORMAT: 'json' },
    appEnv,
    onLine: printLogLine,
  });
  system.startAll();

  const interrupted = new Promise((interrupt) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt('interrupted'));
  });
  const ended = system.firstToEnd();
  const ready = system.ready(120_000).then(
    () => 'ready',
    (error) => error,
  );
  let outcome = await Promise.race([interrupted, ended, ready]);
  if (outcome === 'ready') {
    const seconds = (performance.now() - started) / 1000;
    printSummary(system, { seconds, administrator: administratorIn(system.app('auth').lines) });
    outcome = await Promise.race([interrupted, ended]);
  }
  if (outcome instanceof Error) console.error(`\n${outcome.message}`);
  else if (outcome !== 'interrupted') {
    const { app, exit } = outcome;
    console.error(`\n${app} ended by itself (${exit.signal ?? `exit code ${exit.code}`}); its last lines are above.`);
  }
  await stop(system);
  return outcome === 'interrupted' ? 0 : 1;
}

/** One Ctrl-C comes twice, from the terminal and from npm; a second one is later. */
const SAME_INTERRUPT_MS = 500;

/**
 * Lets all apps answer what is in flight. A second Ctrl-C ends them at once.
 *
 * @param {LocalSystem} system
 */
async function stop(system) {
  console.log('\nStopping … (Ctrl-C again: at once)');
  const since = performance.now();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (performance.now() - since > SAME_INTERRUPT_MS) void system.stop('SIGKILL');
    });
  }
  await system.stop();
  console.log('Stopped.');
}

/**
 * What keeps it from starting is for the person who started it: a line or two, and no stack.
 *
 * @param {NodeJS.ErrnoException} error
 */
function explain(error) {
  console.error(`Watchword cannot start: ${error.message}`);
  if (['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(error.code ?? '')) {
    console.error(`It writes dist/ and ${data}: run it where you may, or set DATA_DIR.`);
  }
  return 1;
}

process.exitCode = await main().catch(explain);
