import { once } from 'node:events';
import { connect } from 'node:net';

export interface TcpDrive {
  readonly port: number;
  readonly messages: number;
  /** The framed bytes of a message. */
  readonly message: (index: number) => Buffer;
}

/** Messages under way at a time: a Nest client sends all its calls to a service over one socket. */
const WINDOW = 64;
const HASH = 35;

/** Sends exactly `messages` messages and answers the seconds until the last answer. An error among them fails the run. */
export async function driveTcp({ port, messages, message }: TcpDrive): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const started = performance.now();
  let sent = 0;
  let answered = 0;
  const send = (count: number): void => {
    const until = Math.min(messages, sent + count);
    const frames: Buffer[] = [];
    for (; sent < until; sent += 1) frames.push(message(sent));
    if (frames.length > 0) socket.write(Buffer.concat(frames));
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let pending: Buffer = Buffer.alloc(0);
      socket.once('error', reject).once('close', () => reject(new Error('The server closed the connection')));
      socket.on('data', (chunk: Buffer) => {
        if (chunk.includes('"err"')) return reject(new Error(chunk.toString('latin1')));
        const { count, rest } = countFrames(pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk);
        pending = rest;
        answered += count;
        if (answered === messages) resolve();
        else send(count);
      });
      send(WINDOW);
    });
    return (performance.now() - started) / 1000;
  } finally {
    socket.destroy();
  }
}

/** Nest's framing: the length in characters, `#`, the JSON. */
function countFrames(data: Buffer): { count: number; rest: Buffer } {
  let count = 0;
  let start = 0;
  for (;;) {
    const hash = data.indexOf(HASH, start);
    if (hash < 0) break;
    const end = hash + 1 + Number(data.toString('latin1', start, hash));
    if (end > data.length) break;
    count += 1;
    start = end;
  }
  return { count, rest: data.subarray(start) };
}
