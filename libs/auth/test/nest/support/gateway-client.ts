import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

/** How a client connects. */
export interface ConnectOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Of socket.io alone. */
  readonly auth?: object;
  /** Of socket.io alone. */
  readonly namespace?: string;
  /** Of WebSocket alone. */
  readonly protocols?: readonly string[];
  /** Of WebSocket alone. */
  readonly query?: string;
  /** Called as soon as the event arrives, before anything else happens on the connection. */
  readonly on?: (event: string, client: GatewayClient) => void;
}

/** A client of a gateway, on either platform. */
export interface GatewayClient {
  /** Every event that came, in order. */
  readonly events: readonly (readonly [event: string, data: unknown])[];
  /** Resolves with the close code, or with the reason that socket.io gives. */
  readonly closed: Promise<number | string>;
  isClosed(): boolean;
  send(event: string, data?: unknown): void;
  /** The next event of this name that did not come before. */
  next(event: string): Promise<unknown>;
  close(): void;
  /** The subprotocol that the server chose; empty on socket.io. */
  readonly protocol: string;
}

/** Rejects with `{ status, code }` of a refused handshake. */
export type Connect = (port: number, options?: ConnectOptions) => Promise<GatewayClient>;

class Events {
  readonly all: [event: string, data: unknown][] = [];
  readonly #taken = new Map<string, number>();
  #wake: () => void = () => undefined;

  add(event: string, data: unknown): void {
    this.all.push([event, data]);
    this.#wake();
  }

  async next(event: string): Promise<unknown> {
    const taken = this.#taken.get(event) ?? 0;
    this.#taken.set(event, taken + 1);
    for (;;) {
      const found = this.all.filter(([name]) => name === event)[taken];
      if (found !== undefined) return found[1];
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => (before(), resolve());
      });
    }
  }
}

export const connectIo: Connect = async (port, { headers = {}, auth = {}, namespace = '', on } = {}) => {
  const socket = io(`http://127.0.0.1:${port}${namespace}`, {
    auth,
    extraHeaders: headers,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  const events = new Events();
  const closed = new Promise<string>((resolve) => socket.on('disconnect', resolve));
  const client: GatewayClient = {
    events: events.all,
    closed,
    isClosed: () => socket.disconnected,
    send: (event, data) => void socket.emit(event, data),
    next: (event) => events.next(event),
    close: () => void socket.disconnect(),
    protocol: '',
  };
  socket.onAny((event: string, data: unknown) => {
    on?.(event, client);
    events.add(event, data);
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', (error) => {
      socket.disconnect();
      reject(Object.assign(error, (error as { data?: object }).data));
    });
  });
  return client;
};

export const connectWs: Connect = async (port, { headers = {}, protocols = [], query = '', on } = {}) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${query}`, [...protocols], { headers });
  const events = new Events();
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const client: GatewayClient = {
    events: events.all,
    closed,
    isClosed: () => socket.readyState !== WebSocket.OPEN,
    send: (event, data) => socket.send(JSON.stringify({ event, data })),
    next: (event) => events.next(event),
    close: () => socket.close(),
    get protocol() {
      return socket.protocol;
    },
  };
  socket.on('message', (text: Buffer) => {
    const { event, data } = JSON.parse(text.toString()) as { event: string; data: unknown };
    on?.(event, client);
    events.add(event, data);
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', (_, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of response) body += String(chunk);
        const { code } = (body.startsWith('{') ? JSON.parse(body) : { code: body }) as { code: string };
        const { statusCode: status, headers: answered } = response;
        reject(Object.assign(new Error(code), { status, code, challenge: answered['www-authenticate'] }));
      })();
    });
  });
  return client;
};
