import { HttpTarget } from './http-target.js';
import { isStream } from './is-stream.js';
import type { OutboundIdentity, OutboundTarget, OutboundToken, OutboundTokens } from './outbound-tokens.js';

/** A service that is called by a `fetch` or an axios of your own. */
export interface BearerService extends OutboundTarget {
  /** Only URLs below it get the token. */
  readonly baseUrl: string;
  /** Whose token is sent. Default `caller`. */
  readonly credentials?: OutboundIdentity;
  /** Sends the requests. Default: the global `fetch`. For a dispatcher give that of undici: `(url, init) => fetch(url, { ...init, dispatcher })`. */
  readonly fetch?: typeof fetch;
}

/**
 * A `fetch` that sends a token which is for one service: for generated clients and other code that takes a `fetch`. Redirects are not
 * followed, because they could lead the token elsewhere. A 401 for a token that this service got itself is answered by a second try
 * with a new one, where the body can be sent again.
 *
 * @throws TypeError for a `baseUrl` that is not an absolute http(s) URL; by rejection for a request elsewhere, or with an Authorization of its own
 * @throws PropagationError by rejection, if there is no token for the service
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { bearerFetch, OutboundTokens } from '@watchword/auth/clients';
 *
 * @Injectable()
 * export class Catalog {
 *   private readonly fetch: typeof fetch;
 *
 *   constructor(tokens: OutboundTokens) {
 *     this.fetch = bearerFetch(tokens, { baseUrl: 'http://catalog:3001', audience: 'catalog' });
 *   }
 *
 *   async product(id: string): Promise<unknown> {
 *     const response = await this.fetch(`http://catalog:3001/products/${encodeURIComponent(id)}`);
 *     return response.json();
 *   }
 * }
 * ```
 */
export function bearerFetch(tokens: OutboundTokens, service: BearerService): typeof fetch {
  const target = new HttpTarget(service.baseUrl);
  return async (input, init) => {
    const request = new Request(input, init);
    refuseElsewhere(target, request.url);
    if (request.headers.has('authorization')) throw new TypeError(OWN_CREDENTIALS);
    // A copy for the second try: a request can be sent only once.
    const again = isStream(init?.body) ? undefined : request.clone();
    const token = await tokenFor(tokens, service);
    const response = await send(service, request, token);
    if (response.status !== 401 || again === undefined || token === undefined || !token.forget()) return response;
    await response.body?.cancel();
    return send(service, again, await tokenFor(tokens, service));
  };
}

/** The part of an axios request that is used here. */
export interface AxiosRequest {
  baseURL?: string | undefined;
  url?: string | undefined;
  maxRedirects?: number | undefined;
  readonly headers: AxiosRequestHeaders;
}

/** The part of the headers of an axios request that is used here. */
export interface AxiosRequestHeaders {
  /** Of axios: without regard to case. */
  has(name: string): boolean;
  /** Of axios. */
  set(name: string, value: string): unknown;
}

/**
 * An interceptor for axios that sends a token which is for one service. Redirects are not followed.
 *
 * @throws as {@link bearerFetch}
 *
 * @example
 * ```ts
 * import { bearerInterceptor, type AxiosRequest, type OutboundTokens } from '@watchword/auth/clients';
 *
 * interface Axios {
 *   readonly interceptors: { readonly request: { use(onRequest: <T extends AxiosRequest>(config: T) => Promise<T>): unknown } };
 * }
 *
 * // axios.create({ baseURL: 'http://catalog:3001' })
 * export function withToken(axios: Axios, tokens: OutboundTokens): void {
 *   axios.interceptors.request.use(bearerInterceptor(tokens, { baseUrl: 'http://catalog:3001', audience: 'catalog' }));
 * }
 * ```
 */
export function bearerInterceptor(
  tokens: OutboundTokens,
  service: Omit<BearerService, 'fetch'>,
): <T extends AxiosRequest>(config: T) => Promise<T> {
  const target = new HttpTarget(service.baseUrl);
  return async (config) => {
    refuseElsewhere(target, axiosUrl(config));
    if (config.headers.has('authorization')) throw new TypeError(OWN_CREDENTIALS);
    const token = await tokenFor(tokens, service);
    if (token !== undefined) config.headers.set('authorization', `Bearer ${token.value}`);
    config.maxRedirects = 0;
    return config;
  };
}

const OWN_CREDENTIALS = 'The token is attached here: a request cannot bring an Authorization header of its own.';

/** Where axios sends it: it joins the two with one slash, and takes an absolute URL as it is. */
function axiosUrl({ baseURL = '', url = '' }: AxiosRequest): string {
  if (/^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(url) || baseURL === '') return url;
  return url === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}

function refuseElsewhere(target: HttpTarget, url: string): void {
  if (URL.canParse(url) && target.contains(new URL(url))) return;
  throw new TypeError(
    'The token is for URLs below the baseUrl alone, and this request goes elsewhere. It was not sent.',
  );
}

async function tokenFor(tokens: OutboundTokens, service: BearerService): Promise<OutboundToken | undefined> {
  return tokens.tokenFor(service, service.credentials ?? 'caller');
}

function send({ fetch = globalThis.fetch }: BearerService, request: Request, token?: OutboundToken): Promise<Response> {
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token.value}`);
  const { url, method, headers, body, signal } = request;
  const init: RequestInit = { method, headers, body, signal, redirect: 'manual' };
  return fetch(url, body === null ? init : { ...init, duplex: 'half' });
}
