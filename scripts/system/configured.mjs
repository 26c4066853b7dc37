import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { DEFAULT_PORTS } from './apps.mjs';

/** @import { AppName, Ports } from './apps.mjs' */

/** @type {Record<keyof Ports, { app: AppName, variable: 'PORT' | 'TCP_PORT' }>} */
const PORT_VARIABLES = {
  auth: { app: 'auth', variable: 'PORT' },
  catalog: { app: 'catalog', variable: 'PORT' },
  orders: { app: 'orders', variable: 'PORT' },
  inventory: { app: 'inventory', variable: 'PORT' },
  tcp: { app: 'inventory', variable: 'TCP_PORT' },
};

/** What every app inherits of our own environment. One PORT for all four can't be meant. */
export const inherited = (() => {
  const { PORT: _, ...others } = process.env;
  return others;
})();

/**
 * A variable as the app will see it: the process's own, then `.env.<app>`, then `.env`.
 *
 * @param {string} folder where `npm start` runs
 * @param {AppName} app
 * @param {string} name
 * @returns {string | undefined} undefined also for an empty one
 */
export function variable(folder, app, name) {
  const files = [`.env`, `.env.${app}`].map((file) => join(folder, file)).filter((file) => existsSync(file));
  const read = Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, 'utf8'))), inherited);
  return read[name] || undefined;
}

/**
 * Where `npm start` keeps what it writes.
 *
 * @param {string} folder
 */
export const dataDirectory = (folder) => resolve(folder, variable(folder, 'auth', 'DATA_DIR') ?? '.data');

/**
 * The ports of the system that `npm start` runs in this folder.
 *
 * @param {string} folder
 * @returns {Ports}
 * @throws Error that names each wrong port and where it is set
 */
export function configuredPorts(folder) {
  const ports = { ...DEFAULT_PORTS };
  /** @type {string[]} */
  const wrong = [];
  for (const name of portNames) {
    const { app, variable: port } = PORT_VARIABLES[name];
    const value = variable(folder, app, port);
    if (value === undefined) continue;
    ports[name] = Number(value);
    if (!/^\d+$/.test(value) || ports[name] < 1 || ports[name] > 65_535) {
      wrong.push(`${portSetting(name)} is "${value}": it must be a port, 1 to 65535.`);
    }
  }
  for (const [index, name] of portNames.entries()) {
    const same = portNames.slice(index + 1).filter((other) => ports[other] === ports[name]);
    for (const other of same) wrong.push(`${portSetting(name)} and ${portSetting(other)} are both ${ports[name]}.`);
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return ports;
}

const portNames = /** @type {(keyof Ports)[]} */ (Object.keys(PORT_VARIABLES));

/**
 * Where a port is set, for a message.
 *
 * @param {keyof Ports} name
 */
export function portSetting(name) {
  const { app, variable: port } = PORT_VARIABLES[name];
  return `${port} in .env.${app}`;
}
