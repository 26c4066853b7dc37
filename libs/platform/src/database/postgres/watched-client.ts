import { Socket } from 'node:net';
import pg from 'pg';

/** How long the server may take to let this process in. What was begun while packets got lost must not be waited for longer. */
const HANDSHAKE_TIMEOUT_MS = 3_000;

/** A connection that knows for how long the server has owed it an answer, and whose loss never ends the process. */
export class WatchedClient extends pg.Client {
  /** Of the server's process (`pg_stat_activity.pid`), once connected. */
  declare readonly processID: number | null;
  private readonly socket: Socket;
  /** Queries that have no answer yet. */
  private pending = 0;
  private bytesHeard = 0;
  private silentSince = 0;

  constructor(config: pg.ClientConfig = {}) {
    const socket = new Socket();
    super({ ...config, connectionTimeoutMillis: HANDSHAKE_TIMEOUT_MS, stream: () => socket });
    this.socket = socket;
    // The pool listens only while the connection is idle. While it is in use the query that fails tells of the loss, and the
    // pool takes the connection back and removes it; an `error` without a listener would end the process.
    this.on('error', () => undefined);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => this.watch(query, args)) as pg.Client['query'];
  }

  /**
   * Milliseconds for which no byte came although an answer is due; 0 while none is due.
   *
   * @param now by `performance.now()`
   */
  silentFor(now: number): number {
    if (this.pending === 0) return 0;
    if (this.socket.bytesRead !== this.bytesHeard) {
      this.bytesHeard = this.socket.bytesRead;
      this.silentSince = now;
    }
    return now - this.silentSince;
  }

  /** Ends the connection without a word to the server. Queries that have no answer fail with `error`. */
  abandon(error: Error): void {
    this.socket.destroy(error);
  }

  private watch(query: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    if (this.pending === 0) {
      this.silentSince = performance.now();
      this.bytesHeard = this.socket.bytesRead;
    }
    this.pending += 1;
    const answered = () => {
      this.pending -= 1;
    };
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      const wrapped = (...results: unknown[]) => {
        answered();
        callback(...results);
      };
      return query(...args.slice(0, -1), wrapped);
    }
    const result = query(...args) as Promise<unknown>;
    result.then(answered, answered);
    return result;
  }
}
