import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

export interface Reply {
  readonly response?: unknown;
  /** What the service refused with. */
  readonly err?: { readonly status?: number; readonly code?: string; readonly message?: string } | string;
}

export interface Message {
  readonly pattern: string;
  readonly data: unknown;
  /** The packet's metadata, exactly as given: an attacker writes here what they like. */
  readonly metadata?: unknown;
}

/**
 * Sends one message as Nest's TCP transport frames it (`length#json`), without Nest: so that nothing on our side
 * adds, checks or repairs what is sent.
 */
export function sendMessage(target: { host: string; port: number }, message: Message): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const id = randomUUID();
    const socket = connect(target);
    const timer = setTimeout(() => socket.destroy(new Error(`no reply to ${message.pattern} within 10 s`)), 10_000);
    let received = '';
    socket.setEncoding('utf8');
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      socket.write(frame({ ...message, id }));
    });
    socket.on('data', (chunk: string) => {
      received += chunk;
      const reply = parse(received);
      if (reply === undefined) return;
      socket.end();
      resolve(reply);
    });
    socket.once('end', () => reject(new Error(`the connection ended without a reply to ${message.pattern}`)));
  });
}

/** Sends messages that ask for no answer, in order, on one connection; resolves when they are handed over. */
export function sendEvents(target: { host: string; port: number }, events: readonly Message[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    socket.once('error', reject);
    socket.end(events.map((event) => frame(event)).join(''), () => resolve());
  });
}

function frame(packet: object): string {
  const json = JSON.stringify(packet);
  return `${json.length}#${json}`;
}

/** The first whole frame. */
function parse(received: string): Reply | undefined {
  const hash = received.indexOf('#');
  if (hash === -1) return undefined;
  const length = Number(received.slice(0, hash));
  const json = received.slice(hash + 1, hash + 1 + length);
  return json.length === length ? (JSON.parse(json) as Reply) : undefined;
}
