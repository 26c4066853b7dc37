import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Makes a server ready to be drained; call it before the server listens. */
export function drainable(server: Server): { drain(): Promise<void> } {
  let draining = false;
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.setHeader('Connection', 'close');
    response.once('close', () => {
      // A keep-alive connection whose response was begun before the drain is idle only now.
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
  });
  return {
    /** Stops accepting, answers the requests in flight, closes idle connections. Resolves when none is left. */
    async drain() {
      draining = true;
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
