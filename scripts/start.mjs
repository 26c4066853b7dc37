/**
 * `npm start`: builds what changed and runs the four apps with embedded databases,
 * until Ctrl-C or until one of them ends.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { APPS, DEFAULT_PORTS, environmentFor } from './system/apps.mjs';
import { buildWhatChanged } from './system/build.mjs';
import { portTaken } from './system/free-port.mjs';
import { LocalSystem } from './system/local-system.mjs';
import { printLogLine } from './system/print-log-line.mjs';
import { serviceClient } from './system/service-client.mjs';

/** Where `.env`, `.env.<app>` and the data are: the folder it is run in. */
const folder = process.cwd();

/** Seconds from the first process to the last app that is ready, on two cores. */
const BUDGET = { first: 30, later: 10 };

const WHAT = {
  auth: 'logs people in, signs tokens, publishes its public keys',
  catalog: 'products: reading is public, changing needs a scope',
  orders: 'orders: calls catalog over HTTP and inventory over TCP as you',
  inventory: 'stock, over TCP; HTTP for health and metrics alone',
};

/** What every app inherits. One PORT for all four can't be meant. */
const { PORT: _, ...inherited } = process.env;

/** A variable as the app will see it: the process's own, then `.env.<app>`, then `.env`. */
function variable(app, name) {
  const files = [`.env`, `.env.${app}`].map((file) => join(folder, file)).filter((file) => existsSync(file));
  const read = Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, 'utf8'))), inherited);
  return read[name] || undefined;
}

const dataDirectory = () => resolve(folder, variable('auth', 'DATA_DIR') ?? '.data');

function configuredPorts() {
  const port = (app, name) => Number(variable(app, name) ?? DEFAULT_PORTS[app]);
  return {
    auth: port('auth', 'PORT'),
    catalog: port('catalog', 'PORT'),
    orders: port('orders', 'PORT'),
    inventory: port('inventory', 'PORT'),
    tcp: Number(variable('inventory', 'TCP_PORT') ?? DEFAULT_PORTS.tcp),
  };
}

/** The variables that connect the apps: as they are configured, and implied by ports and data where they are not. */
async function appEnvironment(ports) {
  const connections = environmentFor(ports);
  const clients = await serviceClient(join(dataDirectory(), 'clients.json'));
  const implied = APPS.map((app) => [app, { ...connections[app], ...clients[app] }]);
  return Object.fromEntries(
    implied.map(([app, variables]) => [
      app,
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, variable(app, name) ?? value])),
    ]),
  );
}

async function refuseTakenPorts(ports) {
  const taken = [];
  for (const [name, port] of Object.entries(ports)) if (await portTaken(port)) taken.push([name, port]);
  for (const [name, port] of taken) {
    const file = name === 'tcp' ? 'TCP_PORT in .env.inventory' : `PORT in .env.${name}`;
    console.error(`Port ${port} is taken, and ${name === 'tcp' ? 'inventory' : name} needs it.`);
    console.error(`Stop what listens there (is Watchword running already?), or set ${file}.`);
  }
  return taken.length === 0;
}

function printSummary(system, { seconds, first, administrator }) {
  const budget = first ? BUDGET.first : BUDGET.later;
  const url = (app) => system.url(app);
  console.log(`\nWatchword is ready, ${seconds.toFixed(1)} s after its start (budget ${budget} s).\n`);
  for (const app of [...APPS].reverse()) console.log(`  ${app.padEnd(10)} ${url(app)}  ${WHAT[app]}`);
  console.log(`  ${''.padEnd(10)} tcp://${system.tcp.host}:${system.tcp.port}   inventory's messages`);
  console.log(`\nEach has its API at /docs. The data is in ${dataDirectory()}.`);
  if (administrator !== undefined) {
    console.log('\nThe first administrator, made just now. The password is shown this once:');
    console.log(`  email     ${administrator.email}\n  password  ${administrator.password}`);
  }
  const email = administrator?.email ?? 'you@example.com';
  const password = administrator?.password ?? '…';
  const login = (path) => `curl -s ${url('auth')}${path} -H 'content-type: application/json' -d`;
  console.log('\nLog in (the answer has an access_token: send it as Authorization: Bearer …):');
  console.log(`  ${login('/auth/login')} '${JSON.stringify({ email, password })}'`);
  console.log(`No account yet? The same with ${url('auth')}/auth/register makes one.`);
  console.log(`\nTry:\n  curl -s ${url('catalog')}/products`);
  console.log('\nThe whole story, step by step: npm run demo, in another terminal. Ctrl-C stops everything.\n');
}

/** What auth printed of the administrator that it made, if it made one: a plain line, since logs hold no passwords. */
function administratorIn(lines) {
  for (const line of lines) {
    const [, email, password] = /^First administrator: (\S+) password: (\S+)/.exec(line) ?? [];
    if (email !== undefined && password !== undefined) return { email, password };
  }
  return undefined;
}

async function main() {
  const ports = configuredPorts();
  if (!(await refuseTakenPorts(ports))) return 1;
  const built = await buildWhatChanged();
  if (built.length > 0) console.log(`Built ${built.join(', ')}.`);

  const first = !existsSync(join(dataDirectory(), 'auth'));
  console.log(first ? 'Starting for the first time: four databases are made …' : 'Starting …');
  const started = performance.now();
  const system = new LocalSystem({
    ports,
    cwd: folder,
    env: { ...inherited, LOG_FORMAT: 'json' },
    appEnv: await appEnvironment(ports),
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
    printSummary(system, { seconds, first, administrator: administratorIn(system.app('auth').lines) });
    outcome = await Promise.race([interrupted, ended]);
  }
  if (outcome instanceof Error) console.error(`\n${outcome.message}`);
  else if (outcome !== 'interrupted') {
    const { app, exit } = outcome;
    console.error(`\n${app} ended by itself (${exit.signal ?? `exit code ${exit.code}`}); its last lines are above.`);
  }
  console.log('\nStopping …');
  await system.stop();
  console.log('Stopped.');
  return outcome === 'interrupted' ? 0 : 1;
}

process.exitCode = await main();
