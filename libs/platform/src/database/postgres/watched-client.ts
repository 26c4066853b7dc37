import { Socket } from 'node:net';
import pg from 'pg';

/** How long the server may take to accept a connection. Do not wait longer for a connection that was opened while packets were lost. */
const HANDSHAKE_TIMEOUT_MS = 3_000;

/** A connection that knows how long it has waited for an answer. Its loss never ends the process. */
export class WatchedClient extends pg.Client {
  /** The id of the server process (`pg_stat_activity.pid`), once connected. */
  declare readonly processID: number | null;
  private readonly socket: Socket;
  /** The number of queries without an answer. */
  private pending = 0;
  private bytesHeard = 0;
  private silentSince = 0;

  constructor(config: pg.ClientConfig = {}) {
    const socket = new Socket();
    super({ ...config, connectionTimeoutMillis: HANDSHAKE_TIMEOUT_MS, stream: () => socket });
    this.socket = socket;
    // The pool listens only while the connection is idle. While it is in use, the query fails, and the pool removes the connection
    // when it is returned. But an `error` event without a listener would end the process.
    this.on('error', () => undefined);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => this.watch(query, args)) as pg.Client['query'];
  }

  /**
   * Milliseconds without any data while an answer is due; 0 if no answer is due.
   *
   * @param now the time of `performance.now()`
   */
  silentFor(now: number): number {
    if (this.pending === 0) return 0;
    if (this.socket.bytesRead !== this.bytesHeard) {
      this.bytesHeard = this.socket.bytesRead;
      this.silentSince = now;
    }
    return now - this.silentSince;
  }

  /** Closes the connection without sending anything to the server. Queries without an answer fail with `error`. */
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
