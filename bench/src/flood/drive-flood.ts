import { once } from 'node:events';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { httpRequest, tcpRequest } from '../load/bearer-requests.js';

export interface Flood {
  readonly http: number;
  readonly tcp: number;
  /** A good token, and the made-up ones' payload and signature. */
  readonly token: string;
  readonly seconds: number;
  /** Messages with made-up kids that are sent a second; 0 for none. */
  readonly perSecond: number;
}

export interface FloodResult {
  /** Milliseconds of each good request. */
  readonly latencies: readonly number[];
  readonly sent: number;
}

const TICK_MS = 1;

/** Good HTTP requests one after the other, while messages with made-up kids come in over TCP at their own pace. */
export async function driveFlood(flood: Flood): Promise<FloodResult> {
  const deadline = performance.now() + flood.seconds * 1000;
  const [latencies, sent] = await Promise.all([goodRequests(flood, deadline), madeUpMessages(flood, deadline)]);
  return { latencies, sent };
}

async function goodRequests({ http, token }: Flood, deadline: number): Promise<number[]> {
  const socket = connect({ port: http, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const request = httpRequest(token);
  const latencies: number[] = [];
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

async function madeUpMessages({ tcp, token, perSecond }: Flood, deadline: number): Promise<number> {
  if (perSecond === 0) return 0;
  const [, payload, signature] = token.split('.');
  const socket = connect({ port: tcp, host: '127.0.0.1', noDelay: true }).resume();
  await once(socket, 'connect');
  const started = performance.now();
  let sent = 0;
  while (performance.now() < deadline) {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond) - sent;
    const frames = Array.from({ length: due }, () => tcpRequest(`${madeUpHeader()}.${payload}.${signature}`));
    if (!socket.write(Buffer.concat(frames))) await once(socket, 'drain');
    sent += due;
    await setTimeout(TICK_MS);
  }
  socket.destroy();
  return sent;
}

function madeUpHeader(): string {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: randomBytes(32).toString('base64url') };
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}
