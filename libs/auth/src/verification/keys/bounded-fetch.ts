import { parseStrictJsonObject } from '../strict-json.js';

export interface BoundedFetchOptions {
  readonly fetch: typeof fetch;
  /** In milliseconds, for everything from the connection to the last byte. */
  readonly timeout: number;
  readonly maxBytes: number;
  /** Aborts a fetch that is under way. */
  readonly signal: AbortSignal;
}

export interface FetchedJson {
  readonly body: Record<string, unknown>;
  /** `Cache-Control: max-age` (RFC 9111 §5.2.2.1), in seconds. */
  readonly maxAge: number | undefined;
  /** `Date`: when the origin made this answer, in milliseconds. A cache on the way passes it on as it was (RFC 9111 §4). */
  readonly madeAt: number | undefined;
}

/** One JSON object by HTTP: no redirects, so many bytes at most, in so much time at most. */
export function fetchJson(url: string, options: BoundedFetchOptions): Promise<FetchedJson> {
  return withinTime(options, (signal) => request(url, options, signal));
}

/**
 * The race holds even against work that does not listen to its signal.
 *
 * @throws when the time is over, or at once when it was stopped before
 */
export async function withinTime<T>(
  { timeout, signal }: Pick<BoundedFetchOptions, 'timeout' | 'signal'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stop = () => abort.abort(new Error('stopped'));
  if (signal.aborted) throw new Error('stopped'); // it would not tell a second time
  const timer = setTimeout(() => abort.abort(new Error(`no full answer in ${timeout} ms`)), timeout);
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
    redirect: 'manual', // its status is not 200
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
