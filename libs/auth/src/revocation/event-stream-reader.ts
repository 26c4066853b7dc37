import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** The longest that one event may be, in characters. */
const MOST_CHARACTERS = 1024 * 1024;

/** One connection to an event stream (Server-Sent Events, HTML Living Standard §9.2). */
export interface StreamRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for which nothing may come. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** What came over the stream was not what it must be. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
}

/**
 * Reads events until the stream ends.
 *
 * @throws StreamError by rejection for an answer that is no event stream, or one that falls silent; else what `fetch` throws
 */
export async function readEventStream(
  { url, headers, silenceMs, signal }: StreamRequest,
  onEvent: (event: EventSourceMessage) => void,
): Promise<void> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(signal.reason);
  signal.addEventListener('abort', stop);
  const silence = setTimeout(() => abort.abort(new StreamError(`Nothing came for ${silenceMs} ms`)), silenceMs);
  try {
    const response = await fetch(url, {
      headers: { ...headers, accept: 'text/event-stream' },
      redirect: 'error',
      signal: abort.signal,
    });
    if (response.status !== 200 || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      // Not awaited: a body that falls silent would be waited for.
      response.body?.cancel().catch(() => undefined);
      throw new StreamError(`It was answered with ${response.status} and no event stream`);
    }
    await readBody(response, abort.signal, silence, createParser({ onEvent }));
  } catch (error) {
    throw abort.signal.reason instanceof StreamError ? abort.signal.reason : error;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', stop);
    abort.abort();
  }
}

type Body = NonNullable<Response['body']>;

/**
 * Cancels the body by itself: once the request has been collected, Node's `fetch` hears no signal any more, and a connection that
 * falls silent would be waited for without end.
 */
async function readBody(
  { body }: { readonly body: Body | null },
  signal: AbortSignal,
  silence: NodeJS.Timeout,
  parser: ReturnType<typeof createParser>,
): Promise<void> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel);
  const decoder = new TextDecoder();
  let unparsed = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (signal.aborted) throw signal.reason;
    if (done) return;
    silence.refresh();
    const text = decoder.decode(value as Uint8Array, { stream: true });
    unparsed = text.includes('\n\n') ? 0 : unparsed + text.length;
    if (unparsed > MOST_CHARACTERS) throw new StreamError('An event is too long');
    parser.feed(text);
  }
}
