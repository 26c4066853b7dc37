import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Publishes a key set as an issuer does. Asked a few times a run. */
export async function serveKeySet(jwks: object): Promise<{ jwksUri: string; close: () => void }> {
  const body = JSON.stringify(jwks);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { jwksUri: `http://127.0.0.1:${port}/jwks.json`, close: () => server.close() };
}
