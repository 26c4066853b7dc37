import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that {@link serveJwks} started. */
export interface JwksServer {
  readonly jwksUri: string;
  /** Ends it, with all its connections. */
  close(): Promise<void>;
}

/**
 * Serves a JWK Set (RFC 7517 §5) on a free port of this machine: what `jwks` returns at the time of each request.
 *
 * @example
 * ```ts
 * import { createSigningKey, serveJwks } from '@watchword/auth/testing';
 *
 * const key = await createSigningKey('ES256');
 * const server = await serveJwks(() => ({ keys: [key.publicJwk] }));
 * console.log(server.jwksUri); // http://127.0.0.1:…/.well-known/jwks.json
 * await server.close();
 * ```
 */
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
