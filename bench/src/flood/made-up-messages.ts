import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { tcpRequest } from '../load/bearer-requests.js';

export interface Flood {
  /** The TCP transport's. */
  readonly port: number;
  /** A good token: the made-up ones have its payload and its signature. */
  readonly token: string;
  readonly perSecond: number;
  readonly seconds: number;
}

const TICK_MS = 1;
let messages: readonly Buffer[] = [];

/**
 * Makes every message before the clock starts, and gives way to others from then on: whoever floods a service does it from
 * elsewhere, and takes no core from it.
 */
export function prepareFlood({ token, perSecond, seconds }: Flood): void {
  setPriority(constants.priority.PRIORITY_LOW);
  const [, payload, signature] = token.split('.');
  messages = Array.from({ length: Math.floor(perSecond * seconds) }, () =>
    tcpRequest(`${madeUpHeader()}.${payload}.${signature}`),
  );
}

/** Sends the prepared messages at their own pace, however slowly they are answered. @returns how many were sent */
export async function sendFlood({ port, perSecond, seconds }: Flood): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).resume();
  await once(socket, 'connect');
  const started = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - started) / 1000) {
    const due = Math.min(Math.floor(elapsed * perSecond), messages.length);
    if (!socket.write(Buffer.concat(messages.slice(sent, due)))) await once(socket, 'drain');
    sent = due;
    await setTimeout(TICK_MS);
  }
  socket.destroy();
  return sent;
}

function madeUpHeader(): string {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: randomBytes(32).toString('base64url') };
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}
