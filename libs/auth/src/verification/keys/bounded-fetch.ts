import { parseStrictJsonObject } from '../strict-json.js';

export interface BoundedFetchOptions {
  readonly fetch: typeof fetch;
  /** In milliseconds, from the start of the connection to the last byte. */
  readonly timeout: number;
  readonly maxBytes: number;
  /** Aborts the fetch. */
  readonly signal: AbortSignal;
}

export interface FetchedJson {
  readonly body: Record<string, unknown>;
  /** `Cache-Control: max-age` (RFC 9111 §5.2.2.1), in seconds. */
  readonly maxAge: number | undefined;
  /** `Date`: when the origin made this response, in milliseconds since the epoch. Caches keep it unchanged (RFC 9111 §4). */
  readonly madeAt: number | undefined;
}

/** Fetches one JSON object over HTTP, without redirects, within a size limit and a time limit. */
export function fetchJson(url: string, options: BoundedFetchOptions): Promise<FetchedJson> {
  return withinTime(options, (signal) => request(url, options, signal));
}

/**
 * Rejects in time even when `work` ignores its signal.
 *
 * @throws when the time is over, or at once when the signal was already aborted
 */
export async function withinTime<T>(
  { timeout, signal }: Pick<BoundedFetchOptions, 'timeout' | 'signal'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stop = () => abort.abort(new Error('stopped'));
  if (signal.aborted) throw new Error('stopped'); // an aborted signal fires no further event
  const timer = setTimeout(() => abort.abort(new Error(`no complete response within ${timeout} ms`)), timeout);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work(abort.signal), rejection(abort.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    abort.abort(new Error('done'));
  }
}

async function request(url: string, options: BoundedFetchOptions, signal: AbortSignal): Promise<FetchedJson> {
  const response = await options.fetch(url, {
    redirect: 'manual', // a redirect is then a response whose status is not 200
    signal,
    headers: { accept: 'application/jwk-set+json, application/json', 'cache-control': 'no-cache' },
  });
  if (response.status !== 200 || response.redirected) throw new Error(`answered ${response.status}`);
  const body = parseStrictJsonObject(await readAtMost(response, options.maxBytes));
  const maxAge = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(response.headers.get('cache-control') ?? '')?.[1];
  const madeAt = Date.parse(response.headers.get('date') ?? '');
  return {
    body,
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    madeAt: Number.isNaN(madeAt) ? undefined : madeAt,
  };
}

async function readAtMost(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`); // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
