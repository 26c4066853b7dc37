import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BaseRpcContext, TcpOptions, TcpSocket } from '@nestjs/microservices';
import { AnsweringTcpServer } from './answering-tcp-server.js';
import { LoggingSocket } from './logging-socket.js';

/**
 * A TCP server which can stop without losing a reply: Nest's own destroys its sockets at once.
 *
 * {@link drain} stops accepting, handles what has arrived, sends the replies, then ends each connection. What arrives on a
 * connection after that is not run: its sender sees the connection close instead of a reply.
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

  /** A handler's work may go on after `handleMessage`, in the stream that it answered with; this is called at its end. */
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
    // What the system has received already is read first.
    await nextTurn();
    await nextTurn();
    socket.pause();
    await this.inFlight.none(socket);
    if (socket.destroyed) return;
    const closed = once(socket, 'close');
    socket.end();
    // To close with unread data would reset the connection, and the peer would lose the replies too.
    socket.resume();
    await closed;
  }
}

/** Counts what is under way on each connection. */
class InFlight {
  private readonly counts = new Map<Socket, number>();
  private readonly waiting = new Map<Socket, Array<() => void>>();

  /** Returns what ends it; only its first call counts. */
  hold(socket: Socket): () => void {
    this.counts.set(socket, (this.counts.get(socket) ?? 0) + 1);
    let held = true;
    return () => {
      if (held) this.release(socket);
      held = false;
    };
  }

  /** Resolves when nothing is under way on this connection. */
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
