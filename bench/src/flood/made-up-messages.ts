import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { tcpRequest } from '../load/bearer-requests.js';

export interface Flood {
  /** The TCP transport's. */
  readonly port: number;
  /** A good token: the made-up ones have its payload and its signature. */
  readonly token: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Waits without taking a core, which a timer does for a millisecond at least: then ten messages would come at once. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));
/** In milliseconds. */
const INTERVAL = 0.05;

/** One after the other, all of one length. */
let messages = Buffer.alloc(0);
let messageLength = 0;

/**
 * Makes every message before the clock starts, and gives way to others from then on: whoever floods a service does it from
 * elsewhere, and takes no core from it.
 */
export function prepareFlood({ token, perSecond, seconds }: Flood): void {
  setPriority(constants.priority.PRIORITY_LOW);
  const [, payload, signature] = token.split('.');
  messages = Buffer.concat(
    Array.from({ length: Math.floor(perSecond * seconds) }, () =>
      tcpRequest(`${madeUpHeader()}.${payload}.${signature}`),
    ),
  );
  messageLength = messages.length / Math.floor(perSecond * seconds);
}

/**
 * Sends the prepared messages evenly, however slowly they are answered, and leaves next to nothing for the garbage collector:
 * its pauses would bunch the messages. @returns how many were sent
 */
export async function sendFlood({ port, perSecond, seconds }: Flood): Promise<number> {
  const unread = { buffer: Buffer.alloc(64 * 1024), callback: () => true };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: unread });
  await once(socket, 'connect');
  const started = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - started) / 1000) {
    const due = Math.min(Math.floor(elapsed * perSecond), messages.length / messageLength);
    const bytes = messages.subarray(sent * messageLength, due * messageLength);
    if (bytes.length > 0 && !socket.write(bytes)) await once(socket, 'drain');
    sent = due;
    await setImmediate(); // answers are taken off the socket here
    Atomics.wait(PAUSE, 0, 0, INTERVAL);
  }
  socket.destroy();
  return sent;
}

function madeUpHeader(): string {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: randomBytes(32).toString('base64url') };
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}
