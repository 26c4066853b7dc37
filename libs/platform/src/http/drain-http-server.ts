import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Makes a server ready to be drained; call it before the server listens. */
export function drainable(server: Server): { drain(): Promise<void> } {
  const open = new Set<ServerResponse>();
  let draining = false;
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) closeAfter(response);
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      // A keep-alive connection whose response was begun before the drain is idle only now.
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
  });
  return {
    /** Stops accepting, answers the requests in flight, closes idle connections. Resolves when none is left. */
    async drain() {
      draining = true;
      open.forEach(closeAfter);
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Tells the client not to send another request on this connection (RFC 9112 §9.6). */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
