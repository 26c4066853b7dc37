import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from './make-directory.mjs';

/** @import { AppName } from './apps.mjs' */

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/**
 * Makes orders a client of auth: writes the file of clients that auth reads at boot (CLIENTS_FILE), with a random
 * secret and for its owner alone, unless it is there already.
 *
 * @param {string} file
 * @returns {Promise<Partial<Record<AppName, Record<string, string>>>>} the variables that make both sides use it
 */
export async function serviceClient(file) {
  await makeDirectory(dirname(file));
  const client = {
    clientId: 'orders',
    name: 'Orders',
    secret: randomBytes(32).toString('base64url'),
    grants: ['client_credentials', EXCHANGE],
    // What orders does at inventory: reserve and release, for people; release what is left over, for administrators and itself.
    scopes: ['inventory:reserve', 'inventory:manage'],
    audiences: ['catalog', 'inventory'],
    roles: [],
  };
  await writeFile(file, `${JSON.stringify([client], null, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  const [{ clientId, secret }] = JSON.parse(await readFile(file, 'utf8'));
  return { auth: { CLIENTS_FILE: file }, orders: { CLIENT_ID: clientId, CLIENT_SECRET: secret } };
}
