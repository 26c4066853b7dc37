import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

export interface Reply {
  readonly response?: unknown;
  /** What the service refused with. */
  readonly err?: { readonly status?: number; readonly code?: string; readonly message?: string } | string;
}

export interface Message {
  readonly pattern: string;
  readonly data?: unknown;
  /** In the place of `data`, as JSON is written: for what JSON.stringify would not write. */
  readonly dataText?: string;
  /** The packet's metadata, exactly as given: an attacker writes here what they like. */
  readonly metadata?: unknown;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Sends one message as Nest's TCP transport frames it (`length#json`), without Nest: so that nothing on our side
 * adds, checks or repairs what is sent.
 */
export async function sendMessage(target: Target, message: Message): Promise<Reply> {
  const [reply] = await sendMessages(target, [message]);
  if (reply === undefined) throw new Error(`${message.pattern} was not answered`);
  return reply;
}

/**
 * Sends messages at once on one connection, and waits for the replies to all of them, in whatever order they come.
 *
 * @param onReply called with the number of replies so far
 */
export function sendMessages(
  target: Target,
  messages: readonly Message[],
  onReply: (count: number) => void = () => undefined,
): Promise<readonly Reply[]> {
  return new Promise((resolve, reject) => {
    const replies: Reply[] = [];
    const socket = connect(target);
    const timer = setTimeout(() => socket.destroy(new Error('not all was answered within 10 s')), 10_000);
    let received = '';
    socket.setEncoding('utf8');
    socket.once('error', reject);
    socket.once('connect', () =>
      socket.write(messages.map((message) => frame({ ...message, id: randomUUID() })).join('')),
    );
    socket.on('data', (chunk: string) => {
      received += chunk;
      for (;;) {
        const next = firstFrame(received);
        if (next === undefined) return;
        received = next.rest;
        replies.push(next.reply);
        onReply(replies.length);
        if (replies.length === messages.length) socket.end();
      }
    });
    socket.once('close', () => {
      clearTimeout(timer);
      if (replies.length === messages.length) resolve(replies);
      else reject(new Error(`the connection ended after ${replies.length} of ${messages.length} replies`));
    });
  });
}

/** Sends messages that ask for no answer, in order, on one connection; resolves when they are handed over. */
export function sendEvents(target: Target, events: readonly Message[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    socket.once('error', reject);
    socket.end(events.map((event) => frame(event)).join(''), () => resolve());
  });
}

function frame({ dataText, ...packet }: Message & { readonly id?: string }): string {
  const rest = JSON.stringify(packet);
  const json = dataText === undefined ? rest : `{"data":${dataText},${rest.slice(1)}`;
  return `${json.length}#${json}`;
}

/** The first whole frame, and what follows it. */
function firstFrame(received: string): { reply: Reply; rest: string } | undefined {
  const hash = received.indexOf('#');
  if (hash === -1) return undefined;
  const end = hash + 1 + Number(received.slice(0, hash));
  if (received.length < end) return undefined;
  return { reply: JSON.parse(received.slice(hash + 1, end)) as Reply, rest: received.slice(end) };
}
