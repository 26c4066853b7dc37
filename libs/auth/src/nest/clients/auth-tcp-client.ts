import { types } from 'node:util';
import type { OnApplicationShutdown } from '@nestjs/common';
import { TimeoutError, last, lastValueFrom, timeout } from 'rxjs';
import type { Observable } from 'rxjs';
import type { OutboundIdentity, OutboundToken, OutboundTokens } from '../../propagation/index.js';
import type { DownstreamError } from '../errors/downstream-error.js';
import { badGateway, refused, timedOut, unavailable } from '../errors/downstream-failure.js';
import { CallTime } from './call-time.js';
import { DEFAULT_TIMEOUT_MS, OWN_CREDENTIALS, checkService } from './client-options.js';
import type { CallOptions, TcpServiceOptions } from './client-options.js';
import { TokenCarryingClient } from './token-carrying-client.js';
import { TokenRefused, isOurFault, withToken } from './with-token.js';

/** Message patterns of Nest microservices. */
export type TcpPattern = string | Readonly<Record<string, string | number>>;

/** Calls one TCP service with a token that is for it, in the packet's metadata. Connects on first use, and again after a loss. */
export class AuthTcpClient implements OnApplicationShutdown {
  readonly #client: TokenCarryingClient;

  /** @throws TypeError for a service without a name or an audience. */
  constructor(
    private readonly service: TcpServiceOptions,
    private readonly tokens: OutboundTokens,
    private readonly headers: () => Readonly<Record<string, string>> = () => ({}),
  ) {
    checkService(service);
    const { host, port, tlsOptions, maxBufferSize = 1_048_576 } = service;
    this.#client = new TokenCarryingClient({
      host,
      port,
      maxBufferSize,
      ...(tlsOptions === undefined ? {} : { tlsOptions }),
    });
  }

  /**
   * Sends a message and gives the last value of the answer. Where a token that this service got itself is refused with 401, it is sent
   * a second time with a new one.
   *
   * @throws DownstreamError 401 or 403 with the code of the refusal, the 4xx that `passOn` names, 503 without a connection, 504 after the timeout, else 502
   * @throws TypeError when `headers` holds an authorization of its own
   */
  async send<T>(pattern: TcpPattern, data: unknown, options: CallOptions = {}): Promise<T> {
    return this.#call(options, () => this.#client.send<T>(pattern, data));
  }

  /**
   * Sends an event; resolves when it is handed to the connection. Whether it was let in is not answered.
   *
   * @throws DownstreamError 503 without a connection
   */
  async emit(pattern: TcpPattern, data: unknown, options: CallOptions = {}): Promise<void> {
    await this.#call(options, () => this.#client.emit<undefined>(pattern, data));
  }

  onApplicationShutdown(): void {
    this.#client.close();
  }

  #call<T>(options: CallOptions, call: () => Observable<T>): Promise<T> {
    const identity = options.credentials ?? this.service.credentials ?? 'caller';
    const time = new CallTime(options.timeoutMs ?? this.service.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return withToken(this.tokens, {
      target: this.service,
      identity,
      time,
      isRepeatable: true,
      send: (token) => this.#send(call, token, identity, time),
    });
  }

  async #send<T>(
    call: () => Observable<T>,
    token: OutboundToken | undefined,
    identity: OutboundIdentity,
    time: CallTime,
  ): Promise<T> {
    const metadata = this.#metadata(token);
    try {
      // The last value is the first that the clock waits for: a service that goes on sending others gains no time by it.
      return await this.#client.carrying(metadata, call, (answer) =>
        lastValueFrom(answer.pipe(last(null, undefined as T), timeout({ first: time.leftMs }))),
      );
    } catch (error) {
      if (isOurFault(token) && isUnauthorized(error)) throw new TokenRefused('it answered 401');
      throw this.#failure(error, identity);
    }
  }

  #metadata(token: OutboundToken | undefined): Readonly<Record<string, string>> {
    const headers = this.headers();
    if (Object.hasOwn(headers, 'authorization')) throw new TypeError(OWN_CREDENTIALS);
    return token === undefined ? headers : { ...headers, authorization: `Bearer ${token.value}` };
  }

  /** A payload is the service's answer; an Error was made on this side of the connection. */
  #failure(error: unknown, identity: OutboundIdentity): DownstreamError {
    const service = this.service.name;
    if (error instanceof TimeoutError) return timedOut(service, error);
    if (types.isNativeError(error)) return unavailable(service, error);
    if (typeof error !== 'object' || error === null) return badGateway(service, error);
    const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown };
    return refused({ service, identity, passOn: this.service.passOn, status, code, message });
  }
}

function isUnauthorized(error: unknown): boolean {
  return (error as { readonly status?: unknown } | null)?.status === 401;
}
