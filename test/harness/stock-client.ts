import { readFile, writeFile } from 'node:fs/promises';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/**
 * Lets the client that catalog is look at the stock, for tests that look themselves. It exchanges what people send to catalog, and may
 * have all that they may do at inventory: orders may not.
 */
export async function addStockClient(file: string): Promise<ClientCredentials> {
  const clients = JSON.parse(await readFile(file, 'utf8')) as (ClientCredentials & Client)[];
  const catalog = clients.find(({ clientId }) => clientId === 'catalog');
  if (catalog === undefined) throw new Error('catalog is no client');
  const scopes = ['inventory:read', 'inventory:reserve', 'inventory:adjust', 'inventory:manage'];
  Object.assign(catalog, { grants: [EXCHANGE], scopes: [...catalog.scopes, ...scopes], audiences: ['inventory'] });
  await writeFile(file, JSON.stringify(clients));
  return { clientId: 'catalog', secret: catalog.secret };
}

interface Client {
  readonly scopes: readonly string[];
}
