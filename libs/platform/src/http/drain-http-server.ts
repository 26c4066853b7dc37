import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Prepares a server for draining; call it before the server listens. */
export function drainable(server: Server): { drain(): Promise<void> } {
  const open = new Set<ServerResponse>();
  let draining = false;
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) closeAfter(response);
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      // A keep-alive connection becomes idle only now if its response was started before the drain.
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
  });
  return {
    /** Accepts no new connections, answers the running requests, closes idle connections. Resolves when none is left. */
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
