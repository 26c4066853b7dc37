import { connect, type Socket } from 'node:net';

/** What a Nest TCP server answers to one packet. */
export interface RawAnswer {
  readonly id?: string;
  readonly err?: unknown;
  readonly response?: unknown;
  readonly isDisposed?: boolean;
}

/** A peer that writes whatever packets it likes: Nest's framing, nobody's rules. */
export class RawTcpPeer {
  #buffer = '';
  readonly #waiting = new Map<string, (answer: RawAnswer) => void>();

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk));
  }

  static open(port: number): Promise<RawTcpPeer> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new RawTcpPeer(socket))).on('error', reject);
    });
  }

  /** Sends a request packet; `members` as JSON text, so that duplicate and odd members can be written. */
  request(id: string, members: string): Promise<RawAnswer> {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.write(`{"id":${JSON.stringify(id)},${members}}`);
    });
  }

  /** Sends a packet as it is. */
  write(packet: string): void {
    this.socket.write(`${packet.length}#${packet}`);
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: string): void {
    this.#buffer += chunk;
    for (;;) {
      const mark = this.#buffer.indexOf('#');
      const length = Number(this.#buffer.slice(0, mark));
      if (mark < 0 || this.#buffer.length < mark + 1 + length) return;
      const answer = JSON.parse(this.#buffer.slice(mark + 1, mark + 1 + length)) as RawAnswer;
      this.#buffer = this.#buffer.slice(mark + 1 + length);
      this.#waiting.get(answer.id ?? '')?.(answer);
    }
  }
}
