import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** The maximum length of an event, in characters. */
const MOST_CHARACTERS = 1024 * 1024;

/** A request for an event stream (Server-Sent Events, HTML Living Standard §9.2). */
export interface StreamRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds without any data after which the connection counts as lost. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** The response was not a valid event stream, or it stopped. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
}

/**
 * Reads events until the stream ends.
 *
 * @throws StreamError by rejection if the response is not an event stream or no data arrives any more; else what `fetch` throws
 */
export async function readEventStream(
  { url, headers, silenceMs, signal }: StreamRequest,
  onEvent: (event: EventSourceMessage) => void,
): Promise<void> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(signal.reason);
  signal.addEventListener('abort', stop);
  const silence = setTimeout(() => abort.abort(new StreamError(`No data for ${silenceMs} ms`)), silenceMs);
  try {
    const response = await fetch(url, {
      headers: { ...headers, accept: 'text/event-stream' },
      redirect: 'error',
      signal: abort.signal,
    });
    if (response.status !== 200 || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      // Not awaited: this would wait for a body that sends no more data.
      response.body?.cancel().catch(() => undefined);
      throw new StreamError(`The response has status ${response.status} and is not an event stream`);
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
 * Cancels the body itself: once the request was garbage-collected, Node's `fetch` no longer reacts to its signal, and this would
 * wait without end for a connection that sends no more data.
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
