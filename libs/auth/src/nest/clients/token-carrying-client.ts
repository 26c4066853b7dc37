import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { ClientTCP } from '@nestjs/microservices';
import type { TcpClientOptions } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { StrictAnswerSocket } from '../tcp/strict-answer-socket.js';

type Metadata = Readonly<Record<string, string>>;

/**
 * Nest's TCP client with metadata of its own, the token among it, on each packet.
 *
 * The hook that Nest offers is one slot for all packets of the client, and runs after the connection is up, when other
 * calls were made in between. So each call runs in an async scope of its own, and the hook takes the metadata from there:
 * two calls can't mix. What goes out by another way carries no token.
 */
export class TokenCarryingClient extends ClientTCP {
  readonly #metadata = new AsyncLocalStorage<Metadata>();

  constructor(options: NonNullable<TcpClientOptions['options']>) {
    const { maxBufferSize } = options;
    // Nest gives the limit to its own class alone.
    class LimitedSocket extends StrictAnswerSocket {
      constructor(socket: Socket) {
        super(socket, maxBufferSize === undefined ? {} : { maxBufferSize });
      }
    }
    super({ ...options, socketClass: LimitedSocket });
    this.setOnDispatchHook((packet) => {
      const metadata = this.#metadata.getStore();
      if (metadata !== undefined) packet.metadata = metadata;
    });
  }

  /** Tries anew after a refused connection, which Nest's client keeps for all who come before its socket is closed. */
  override connect(): Promise<unknown> {
    const isNew = this.connectionPromise === null;
    const connection = super.connect();
    if (isNew) connection.catch(() => this.#forget(connection));
    return connection;
  }

  /** Subscribes to what `call` makes of the client, with `metadata` on every packet that comes of it. */
  carrying<T>(
    metadata: Metadata,
    call: () => Observable<T>,
    settle: (source: Observable<T>) => Promise<T>,
  ): Promise<T> {
    return this.#metadata.run(metadata, () => settle(call()));
  }

  #forget(connection: Promise<unknown>): void {
    if (this.connectionPromise === connection) this.connectionPromise = null;
  }
}
