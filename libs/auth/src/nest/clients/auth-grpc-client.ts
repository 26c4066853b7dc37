import type { OnApplicationShutdown } from '@nestjs/common';
import { Metadata } from '@grpc/grpc-js';
import { ClientGrpcProxy, type GrpcOptions } from '@nestjs/microservices';
import {
  Observable,
  TimeoutError,
  catchError,
  defer,
  from,
  lastValueFrom,
  mergeMap,
  takeUntil,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { OutboundIdentity, OutboundToken, OutboundTokens } from '../../propagation/index.js';
import type { DownstreamError } from '../errors/downstream-error.js';
import { badGateway, refused, timedOut, unavailable } from '../errors/downstream-failure.js';
import { GRPC_ERROR_CODE, httpStatus } from '../errors/grpc-status.js';
import { CallTime } from './call-time.js';
import {
  DEFAULT_TIMEOUT_MS,
  OWN_CREDENTIALS,
  checkService,
  type CallOptions,
  type GrpcServiceOptions,
} from './client-options.js';
import { TokenRefused, isOurFault, withToken } from './with-token.js';

/** How one call differs from the client's defaults, and what is sent with it. */
export interface GrpcCallOptions extends CallOptions {
  /** Further metadata. Never credentials. */
  readonly metadata?: Readonly<Record<string, string>>;
}

type Method = (data: unknown, metadata: Metadata) => Observable<unknown>;

const UNAUTHENTICATED = 16;
const UNAVAILABLE = 14;

/**
 * Calls one gRPC service with a token that is for it, in the metadata of the call.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { InjectGrpcClient } from '@watchword/auth/clients';
 * import { AuthGrpcClient } from '@watchword/auth/grpc';
 *
 * @Injectable()
 * export class Orders {
 *   constructor(@InjectGrpcClient('inventory') private readonly inventory: AuthGrpcClient) {}
 *
 *   reserve(product: string, count: number): Promise<{ id: string }> {
 *     return this.inventory.call('Stock', 'Reserve', { product, count });
 *   }
 * }
 * ```
 */
export class AuthGrpcClient implements OnApplicationShutdown {
  readonly #client: ClientGrpcProxy;

  /** @throws TypeError for a service without a name or an audience. */
  constructor(
    private readonly service: GrpcServiceOptions,
    private readonly tokens: OutboundTokens,
    private readonly headers: () => Readonly<Record<string, string>> = () => ({}),
  ) {
    checkService(service);
    this.#client = new ClientGrpcProxy(service.options as GrpcOptions['options']);
  }

  /**
   * Calls a method that answers once, and gives the answer. `data` may be an Observable, where the method takes a stream: then the call
   * is sent only once. Else, where a token that this service got itself is refused, it is sent a second time with a new one.
   *
   * @throws DownstreamError 401 or 403 with the code of the refusal, the 4xx that `passOn` names, 503 without a connection, 504 after the timeout, else 502
   * @throws TypeError for a method that the service does not have, or metadata with an authorization of its own
   */
  async call<T>(service: string, method: string, data: unknown, options: GrpcCallOptions = {}): Promise<T> {
    const send = this.#method(service, method);
    const identity = this.#identity(options);
    const time = new CallTime(options.timeoutMs ?? this.service.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return withToken(this.tokens, {
      target: this.service,
      identity,
      time,
      isRepeatable: !(data instanceof Observable),
      send: async (token) => {
        const metadata = this.#metadata(token, options);
        try {
          const answer = send(data, metadata).pipe(timeout({ first: time.leftMs }));
          return (await lastValueFrom(answer, { defaultValue: undefined })) as T;
        } catch (error) {
          if (isOurFault(token) && codeOf(error) === UNAUTHENTICATED)
            throw new TokenRefused('it answered UNAUTHENTICATED');
          throw this.#failure(error, identity);
        }
      },
    });
  }

  /**
   * Calls a method that answers with a stream, for the caller that subscribes. `timeoutMs` is for the whole stream; without one
   * it may last as long as it likes.
   *
   * @throws DownstreamError as {@link call}, by the stream
   * @throws TypeError as {@link call}
   */
  stream<T>(service: string, method: string, data: unknown, options: GrpcCallOptions = {}): Observable<T> {
    const send = this.#method(service, method);
    const identity = this.#identity(options);
    const answers = defer(() => from(this.#token(identity, options))).pipe(
      mergeMap((token) => send(data, this.#metadata(token, options)) as Observable<T>),
    );
    return within(options.timeoutMs, answers).pipe(
      catchError((error: unknown) => {
        throw isOfCall(error) ? this.#failure(error, identity) : error;
      }),
    );
  }

  /** Closes the connection. Nest calls it. */
  onApplicationShutdown(): void {
    this.#client.close();
  }

  #token(identity: OutboundIdentity, options: GrpcCallOptions): Promise<OutboundToken | undefined> {
    const time = new CallTime(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const send = (token: OutboundToken | undefined): Promise<OutboundToken | undefined> => Promise.resolve(token);
    return withToken(this.tokens, { target: this.service, identity, time, isRepeatable: false, send });
  }

  #identity(options: GrpcCallOptions): OutboundIdentity {
    return options.credentials ?? this.service.credentials ?? 'caller';
  }

  #method(service: string, method: string): Method {
    const methods = this.#client.getService<Readonly<Record<string, Method>>>(service);
    const found = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (found === undefined) throw new TypeError(`The gRPC service ${service} has no method ${method}.`);
    return found;
  }

  #metadata(token: OutboundToken | undefined, options: GrpcCallOptions): Metadata {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries({ ...this.headers(), ...options.metadata })) metadata.set(name, value);
    if (metadata.get('authorization').length > 0) throw new TypeError(OWN_CREDENTIALS);
    if (token !== undefined) metadata.set('authorization', `Bearer ${token.value}`);
    return metadata;
  }

  #failure(error: unknown, identity: OutboundIdentity): DownstreamError {
    const { name, passOn } = this.service;
    if (error instanceof TimeoutError) return timedOut(name, error);
    const code = codeOf(error);
    if (code === undefined) return badGateway(name, error);
    const { details, metadata } = error as { readonly details?: unknown; readonly metadata?: Metadata };
    const said = metadata?.get(GRPC_ERROR_CODE)[0];
    // Without a code of the service's own this is what this side of the connection makes of a lost one.
    if (said === undefined && code === UNAVAILABLE) return unavailable(name, error);
    return refused({ service: name, identity, passOn, status: httpStatus(code), code: said, message: details });
  }
}

function codeOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** What the call failed with, and not what was wrong before it. */
function isOfCall(error: unknown): boolean {
  return error instanceof TimeoutError || codeOf(error) !== undefined;
}

/** The stream, as far as it comes within that time. Nest hands a deadline on for unary calls alone. */
function within<T>(timeoutMs: number | undefined, stream: Observable<T>): Observable<T> {
  if (timeoutMs === undefined) return stream;
  return defer(() =>
    stream.pipe(takeUntil(timer(timeoutMs).pipe(mergeMap(() => throwError(() => new TimeoutError()))))),
  );
}
