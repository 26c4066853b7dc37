import { parseStrictJson } from '../../verification/index.js';
import { HttpTarget, type OutboundIdentity, type OutboundToken, type OutboundTokens } from '../../propagation/index.js';
import { isStream } from '../../propagation/is-stream.js';
import { DownstreamError } from '../errors/downstream-error.js';
import { badGateway, refused, timedOut, unavailable } from '../errors/downstream-failure.js';
import { CallTime } from './call-time.js';
import {
  DEFAULT_TIMEOUT_MS,
  OWN_CREDENTIALS,
  checkService,
  type CallOptions,
  type HttpServiceOptions,
} from './client-options.js';
import { TokenRefused, isOurFault, withToken } from './with-token.js';

/** `fetch`'s own options where they make sense between services. */
export interface AuthRequestInit extends CallOptions {
  /** Default GET. */
  readonly method?: string;
  /** Further headers. Never credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<RequestInit['body']>;
  /** Sent as the JSON body. */
  readonly json?: unknown;
  /** Aborts the call. */
  readonly signal?: AbortSignal;
}

/**
 * Calls one HTTP service with a token that is for it: the caller's, an exchanged one, or this service's own.
 *
 * Redirects are followed for GET and HEAD, below the base URL alone; a redirect to elsewhere is the service's failure.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { AuthHttpClient, InjectHttpClient } from '@watchword/auth/clients';
 *
 * @Injectable()
 * export class Catalog {
 *   constructor(@InjectHttpClient('catalog') private readonly catalog: AuthHttpClient) {}
 *
 *   // For the caller of this request.
 *   product(sku: string): Promise<{ name: string }> {
 *     return this.catalog.json(`products/${encodeURIComponent(sku)}`);
 *   }
 *
 *   // As this service, which a job without a caller can do.
 *   async refreshPrices(): Promise<void> {
 *     await this.catalog.json('prices', { method: 'PUT', json: {}, credentials: 'service', timeoutMs: 30_000 });
 *   }
 * }
 * ```
 */
export class AuthHttpClient {
  readonly #target: HttpTarget;

  /** @throws TypeError for options that would send a token to who knows where. */
  constructor(
    private readonly service: HttpServiceOptions,
    private readonly tokens: OutboundTokens,
    private readonly headers: () => Readonly<Record<string, string>> = () => ({}),
  ) {
    checkService(service);
    this.#target = new HttpTarget(service.baseUrl);
  }

  /**
   * Sends a request to `path` below the base URL and gives the response, whatever its status; but a 401 for a token that this service
   * got itself is answered by a new token and a second try, where the body is not a stream.
   *
   * @throws DownstreamError 503 without a connection, 504 after the timeout, 502 for a redirect that is not followed, or when the
   *   second token is refused too
   * @throws TypeError for a path that leads elsewhere, or a request that brings its own Authorization header
   */
  fetch(path: string, init: AuthRequestInit = {}): Promise<Response> {
    return this.#fetch(path, init, this.#time(init));
  }

  /**
   * Sends a request and gives the JSON body of a 2xx answer; undefined when it is empty. One that can be read in two ways, with a
   * member twice, is the service's failure.
   *
   * @throws DownstreamError 401 or 403 with the code of the answer, the 4xx that `passOn` names, else 502, 503 or 504
   */
  async json<T>(path: string, init: AuthRequestInit = {}): Promise<T> {
    const time = this.#time(init);
    const response = await this.#fetch(path, init, time);
    const body = await this.#body(response, time);
    if (response.ok) return body as T;
    const { code, detail } = typeof body === 'object' && body !== null ? (body as Problem) : {};
    throw refused({
      service: this.service.name,
      identity: this.#identity(init),
      passOn: this.service.passOn,
      status: response.status,
      code,
      message: detail,
    });
  }

  #time({ timeoutMs = this.service.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal }: AuthRequestInit): CallTime {
    return new CallTime(timeoutMs, signal);
  }

  async #fetch(path: string, init: AuthRequestInit, time: CallTime): Promise<Response> {
    const url = this.#target.resolve(path);
    const headers = this.#requestHeaders(init);
    const body = init.json === undefined ? (init.body ?? null) : JSON.stringify(init.json);
    const request = { method: init.method ?? 'GET', headers, body, redirect: 'manual', signal: time.signal } as const;
    return withToken(this.tokens, {
      target: this.service,
      identity: this.#identity(init),
      time,
      isRepeatable: !isStream(body),
      // A stream needs it said (https://fetch.spec.whatwg.org/#dom-requestinit-duplex).
      send: (token) => this.#send(url, isStream(body) ? { ...request, duplex: 'half' } : request, token, time),
    });
  }

  async #send(url: URL, request: Sent, token: OutboundToken | undefined, time: CallTime): Promise<Response> {
    if (token !== undefined) request.headers.set('authorization', `Bearer ${token.value}`);
    try {
      const response = await this.#follow(url, request);
      if (response.status !== 401 || !isOurFault(token)) return response;
      await response.body?.cancel();
      throw new TokenRefused(`it answered 401: ${response.headers.get('www-authenticate') ?? 'no challenge'}`);
    } catch (error) {
      if (error instanceof DownstreamError || error instanceof TokenRefused || time.isAborted) throw error;
      throw time.isOver ? timedOut(this.service.name, error) : unavailable(this.service.name, error);
    }
  }

  #identity(init: AuthRequestInit): OutboundIdentity {
    return init.credentials ?? this.service.credentials ?? 'caller';
  }

  #requestHeaders(init: AuthRequestInit): Headers {
    const headers = new Headers({ ...this.headers(), ...init.headers });
    if (headers.has('authorization')) throw new TypeError(OWN_CREDENTIALS);
    if (init.json !== undefined) headers.set('content-type', 'application/json');
    if (!headers.has('accept')) headers.set('accept', 'application/json');
    return headers;
  }

  async #follow(url: URL, request: RequestInit): Promise<Response> {
    const { fetch: send = globalThis.fetch } = this.service;
    let response = await send(url, request);
    for (let redirects = 0; REDIRECTS.has(response.status); redirects += 1) {
      const next = this.#location(url, response);
      await response.body?.cancel();
      if (next === undefined || redirects === MAX_REDIRECTS || !SAFE.has(request.method ?? 'GET')) {
        throw badGateway(this.service.name, 'a redirect that is not followed');
      }
      url = next;
      response = await send(url, request);
    }
    return response;
  }

  /** Where a redirect leads; undefined for elsewhere. */
  #location(from: URL, response: Response): URL | undefined {
    const location = response.headers.get('location');
    if (location === null || !URL.canParse(location, from.href)) return undefined;
    const next = new URL(location, from);
    return this.#target.contains(next) ? next : undefined;
  }

  async #body(response: Response, time: CallTime): Promise<unknown> {
    try {
      const text = await response.text();
      return text === '' ? undefined : parseStrictJson(text, ANSWER);
    } catch (error) {
      if (time.isAborted) throw error;
      if (time.isOver) throw timedOut(this.service.name, error);
      // An error page of something in between: its status says enough.
      if (!response.ok && error instanceof SyntaxError) return undefined;
      throw error instanceof SyntaxError ? badGateway(this.service.name, error) : unavailable(this.service.name, error);
    }
  }
}

interface Problem {
  readonly code?: unknown;
  readonly detail?: unknown;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const MAX_REDIRECTS = 5;
/** What another service's data holds is for its reader to judge. */
const ANSWER = { maxDepth: 100, text: 'any' } as const;

type Sent = RequestInit & { readonly headers: Headers };
