import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { httpRequest } from '../load/bearer-requests.js';

export interface GoodRequests {
  /** The HTTP server's. */
  readonly port: number;
  readonly token: string;
  readonly seconds: number;
}

/**
 * Good requests one after the other. @returns the milliseconds of each
 * @throws Error for any answer but 200
 */
export async function timeGoodRequests({ port, token, seconds }: GoodRequests): Promise<number[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const request = httpRequest(token);
  const latencies: number[] = [];
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    const started = performance.now();
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    latencies.push(performance.now() - started);
    if (answer.toString('latin1', 9, 12) !== '200') throw new Error(answer.toString('latin1'));
    await setTimeout(1);
  }
  socket.destroy();
  return latencies;
}
