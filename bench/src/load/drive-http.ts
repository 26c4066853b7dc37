import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readResponse } from './http-response.js';

export interface HttpDrive {
  readonly port: number;
  /** Keep-alive connections, each with one request under way. */
  readonly connections: number;
  readonly requests: number;
  /** The bytes of the next request of a connection. */
  readonly next: (connection: number) => Buffer;
  /** The body that answered it. */
  readonly answered?: (connection: number, body: Buffer) => void;
}

const GIVE_UP_MS = 60_000;

/**
 * Sends exactly `requests` requests and answers the seconds that they took, connecting not counted.
 * Anything but a 200 fails the run: a refused request would be a fast one.
 */
export async function driveHttp(drive: HttpDrive): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: drive.connections }, () => open(drive.port)));
  const started = performance.now();
  let toSend = drive.requests;
  const take = (): boolean => {
    toSend -= 1;
    return toSend >= 0;
  };
  try {
    await Promise.all(sockets.map((socket, connection) => converse(socket, connection, drive, take)));
    return (performance.now() - started) / 1000;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** One connection's requests, one after the other, for as long as `take` grants another. */
function converse(socket: Socket, connection: number, drive: HttpDrive, take: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer | undefined;
    const fail = (reason: string): void => reject(new Error(reason));
    const sendOrEnd = (): void => {
      if (take()) socket.write(drive.next(connection));
      else resolve();
    };
    socket.setTimeout(GIVE_UP_MS, () => fail(`No answer within ${GIVE_UP_MS / 1000} s`));
    socket.once('error', reject).once('close', () => fail('The server closed the connection'));
    socket.on('data', (chunk: Buffer) => {
      received = received ? Buffer.concat([received, chunk]) : chunk;
      const response = readResponse(received);
      if (!response) return;
      if (response.status !== 200) return fail(received.toString('latin1'));
      drive.answered?.(connection, received.subarray(response.bodyStart, response.end));
      received = undefined;
      sendOrEnd();
    });
    sendOrEnd();
  });
}
