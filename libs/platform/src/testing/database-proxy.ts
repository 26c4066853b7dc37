import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to the data. */
type State = 'open' | 'cut' | 'silent';

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  /** Whether data is dropped without notice. */
  silent: boolean;
  losesAnswer: boolean;
}

/** A proxy to a PostgreSQL server that can be cut, silenced and healed. */
export class DatabaseProxy {
  private state: State = 'open';
  private readonly connections = new Set<Connection>();
  /** Connections that were opened while the proxy was silent. */
  private readonly unheard = new Set<Socket>();
  private lossOf: { readonly text: string; readonly happened: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    /** The URL of the database through this proxy. */
    readonly url: string,
  ) {}

  static async open(databaseUrl: string): Promise<DatabaseProxy> {
    const target = new URL(databaseUrl);
    const { hostname, port } = target;
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    target.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const proxy = new DatabaseProxy(server, target.href);
    server.on('connection', (near) => proxy.accept(near, () => connect(Number(port || 5432), hostname)));
    return proxy;
  }

  /** Resets all connections, and every new one. */
  cut(): void {
    this.state = 'cut';
    for (const connection of this.connections) reset(connection);
    for (const near of this.unheard) near.resetAndDestroy();
  }

  /** Simulates packet loss: no data passes on any connection, old or new, and no end or reset arrives. */
  silence(): void {
    this.state = 'silent';
    for (const connection of this.connections) connection.silent = true;
  }

  /** New connections work again. Silent connections stay silent, as behind a firewall that has forgotten them. */
  heal(): void {
    this.state = 'open';
  }

  /** Passes the next message that contains `text`, and resets its connection when the answer arrives. Then resolves. */
  loseAnswerTo(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.lossOf = { text, happened: resolve };
    });
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(near: Socket, dial: () => Socket): void {
    near.on('error', () => undefined);
    if (this.state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    // All its packets are lost: the server never sees this connection.
    if (this.state === 'silent') {
      this.unheard.add(near.on('close', () => this.unheard.delete(near)));
      return;
    }
    const far = dial().on('error', () => undefined);
    const connection: Connection = { near, far, silent: false, losesAnswer: false };
    this.connections.add(connection);
    near.on('data', (data) => this.forward(connection, data));
    far.on('data', (data) => this.answer(connection, data));
    far.on('close', () => {
      this.connections.delete(connection);
      if (!connection.silent) near.destroy();
    });
    // The server does not see the end of a silent connection.
    near.on('close', () => void (connection.silent || far.destroy()));
  }

  private forward(connection: Connection, data: Buffer): void {
    if (connection.silent) return;
    if (this.lossOf !== undefined && data.includes(this.lossOf.text)) connection.losesAnswer = true;
    connection.far.write(data);
  }

  private answer(connection: Connection, data: Buffer): void {
    if (connection.silent) return;
    if (!connection.losesAnswer) {
      connection.near.write(data);
      return;
    }
    reset(connection);
    this.lossOf?.happened();
    this.lossOf = undefined;
  }
}

function reset({ near, far }: Connection): void {
  near.resetAndDestroy();
  far.destroy();
}
