import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/**
 * Adds a client to the file of clients with which tests look at the stock themselves. It exchanges what people send to
 * catalog, and may have all that they may do at inventory: orders may not.
 */
export async function addStockClient(file: string): Promise<ClientCredentials> {
  const credentials = { clientId: 'catalog', secret: randomBytes(32).toString('base64url') };
  const permissions = {
    grants: [EXCHANGE],
    scopes: ['inventory:read', 'inventory:reserve', 'inventory:adjust', 'inventory:manage'],
    audiences: ['inventory'],
  };
  const clients = JSON.parse(await readFile(file, 'utf8')) as object[];
  await writeFile(file, JSON.stringify([...clients, { ...credentials, ...permissions }]));
  return credentials;
}
