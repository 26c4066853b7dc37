import type { Socket } from 'node:net';
import { ClientTCP, type TcpClientOptions } from '@nestjs/microservices';
import { StrictAnswerSocket } from '../tcp/strict-answer-socket.js';

/** The longest answer that is taken, in characters. Nest's own default is 128 Mi. */
const MAX_BUFFER_SIZE = 1_048_576;

/** Nest's TCP client that reads answers strictly and within a limit, and connects anew after a failure. */
export class StrictTcpClient extends ClientTCP {
  constructor(options: NonNullable<TcpClientOptions['options']>) {
    const { maxBufferSize = MAX_BUFFER_SIZE } = options;
    // Nest gives the limit to its own class alone.
    class LimitedSocket extends StrictAnswerSocket {
      constructor(socket: Socket) {
        super(socket, { maxBufferSize });
      }
    }
    super({ ...options, socketClass: LimitedSocket });
  }

  /** Tries anew after a refused connection, which Nest's client keeps for all who come before its socket is closed. */
  override connect(): Promise<unknown> {
    const isNew = this.connectionPromise === null;
    const connection = super.connect();
    if (isNew) connection.catch(() => this.#forget(connection));
    return connection;
  }

  #forget(connection: Promise<unknown>): void {
    if (this.connectionPromise === connection) this.connectionPromise = null;
  }
}
