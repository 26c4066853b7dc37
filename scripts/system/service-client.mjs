import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from './make-directory.mjs';

/** @import { AppName } from './apps.mjs' */

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** What lets a service follow what auth revokes. */
const FOLLOW = 'security-events:read';

/** What each service may do as a client of auth. */
const CLIENTS = [
  {
    clientId: 'orders',
    name: 'Orders',
    grants: ['client_credentials', EXCHANGE],
    // What orders does at inventory: reserve and release, for people; release what is left over, for administrators and itself.
    scopes: ['inventory:reserve', 'inventory:manage', FOLLOW],
    audiences: ['catalog', 'inventory'],
    roles: [],
  },
  { clientId: 'catalog', name: 'Catalog', grants: [], scopes: [FOLLOW], audiences: ['catalog'], roles: [] },
  { clientId: 'inventory', name: 'Inventory', grants: [], scopes: [FOLLOW], audiences: ['inventory'], roles: [] },
];

/**
 * Makes the services clients of auth: writes the file of clients that auth reads at boot (CLIENTS_FILE), with random secrets
 * and for its owner alone. Secrets that are there already stay.
 *
 * @param {string} file
 * @returns {Promise<Partial<Record<AppName, Record<string, string>>>>} the variables that make both sides use it
 */
export async function serviceClient(file) {
  await makeDirectory(dirname(file));
  /** @type {{ clientId: string, secret?: string }[]} */
  const before = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text),
    (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const known = new Map(before.map((client) => [client.clientId, client]));
  const ours = CLIENTS.map((client) => {
    const secret = known.get(client.clientId)?.secret ?? randomBytes(32).toString('base64url');
    return { ...client, secret };
  });
  const others = before.filter(({ clientId }) => !ours.some((client) => client.clientId === clientId));
  await writeFile(file, `${JSON.stringify([...ours, ...others], null, 2)}\n`, { mode: 0o600 });
  const credentials = ours.map(({ clientId, secret }) => [clientId, { CLIENT_ID: clientId, CLIENT_SECRET: secret }]);
  return { auth: { CLIENTS_FILE: file }, ...Object.fromEntries(credentials) };
}
