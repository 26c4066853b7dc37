import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BaseRpcContext, TcpOptions, TcpSocket } from '@nestjs/microservices';
import { AnsweringTcpServer } from './answering-tcp-server.js';
import { LoggingSocket } from './logging-socket.js';

/**
 * A TCP server that can stop without losing replies. Nest's own server destroys its sockets at once.
 *
 * {@link drain} accepts no new connections, handles the received messages, sends the replies, and then closes each connection.
 * Messages that arrive later are not handled: the sender sees the connection close instead of a reply.
 */
export class DrainingTcpServer extends AnsweringTcpServer {
  private readonly inFlight = new InFlight();

  constructor(options: NonNullable<TcpOptions['options']>) {
    super({ socketClass: LoggingSocket, ...options });
  }

  /** Resolves when every connection has ended, with all its replies sent. */
  async drain(): Promise<void> {
    this.server.close();
    await Promise.all([...this.openSockets].map((socket) => this.finish(socket)));
  }

  override async handleMessage(socket: TcpSocket, rawMessage: unknown): Promise<unknown> {
    if (socket.netSocket.writableEnded) return undefined;
    const release = this.inFlight.hold(socket.netSocket);
    try {
      return (await super.handleMessage(socket, rawMessage)) as unknown;
    } finally {
      release();
    }
  }

  /** Called at the end of a handler's work, which may continue after `handleMessage` in a stream that it returned. */
  protected override createProcessingEndHookRunner(context: BaseRpcContext): () => void {
    const [socket] = context.getArgs() as [TcpSocket];
    const release = this.inFlight.hold(socket.netSocket);
    const end = super.createProcessingEndHookRunner(context);
    return () => {
      end();
      // The last reply is written on the next tick.
      setImmediate(release);
    };
  }

  private async finish(socket: Socket): Promise<void> {
    // First read what the system has already received.
    await nextTurn();
    await nextTurn();
    socket.pause();
    await this.inFlight.none(socket);
    if (socket.destroyed) return;
    const closed = once(socket, 'close');
    socket.end();
    // Closing with unread data would reset the connection, and the peer would also lose the replies.
    socket.resume();
    await closed;
  }
}

/** Counts the messages in progress on each connection. */
class InFlight {
  private readonly counts = new Map<Socket, number>();
  private readonly waiting = new Map<Socket, Array<() => void>>();

  /** Returns a function that ends it; only the first call of that function has an effect. */
  hold(socket: Socket): () => void {
    this.counts.set(socket, (this.counts.get(socket) ?? 0) + 1);
    let held = true;
    return () => {
      if (held) this.release(socket);
      held = false;
    };
  }

  /** Resolves when no message is in progress on this connection. */
  none(socket: Socket): Promise<void> {
    if (!this.counts.has(socket)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(socket, [...(this.waiting.get(socket) ?? []), resolve]));
  }

  private release(socket: Socket): void {
    const left = (this.counts.get(socket) ?? 1) - 1;
    if (left > 0) {
      this.counts.set(socket, left);
      return;
    }
    this.counts.delete(socket);
    this.waiting.get(socket)?.forEach((resolve) => resolve());
    this.waiting.delete(socket);
  }
}
