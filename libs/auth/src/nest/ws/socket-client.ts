/** A connection as gateways get it: the `Socket` of socket.io, or the `WebSocket` of the package `ws`. */
export type SocketClient = IoSocket | WsSocket;

interface IoSocket {
  emit(event: string, ...values: unknown[]): unknown;
  disconnect(): unknown;
}

interface WsSocket {
  readonly readyState: number;
  send(data: string): void;
  close(code: number, reason: string): void;
}

/** Our close code for a token that has ended. Codes from 4000 on are for applications (RFC 6455 §7.4.2). */
const UNAUTHORIZED = 4401;

/** Sends an event as Nest's adapters do: a socket.io event, or `{ event, data }` as text. */
export function sendTo(client: SocketClient, event: string, data: unknown): void {
  if (isWsSocket(client)) client.send(JSON.stringify({ event, data }));
  else client.emit(event, data);
}

/** Closes a connection whose token has ended: with 4401, or on socket.io with the reason `io server disconnect`. */
export function closeFor(client: SocketClient, reason: string): void {
  if (isWsSocket(client)) client.close(UNAUTHORIZED, reason);
  else client.disconnect();
}

/** Both have `send()`; only a WebSocket has a numeric `readyState`. */
function isWsSocket(client: SocketClient): client is WsSocket {
  return typeof (client as Partial<WsSocket>).readyState === 'number';
}
