import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface JwksServer {
  readonly jwksUri: string;
  close(): Promise<void>;
}

/** Serves what `jwks` returns at the time of each request. */
export async function serveJwks(jwks: () => object): Promise<JwksServer> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify(jwks()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    jwksUri: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
