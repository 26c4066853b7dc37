import { types } from 'node:util';
import type { OnApplicationShutdown } from '@nestjs/common';
import { TimeoutError, last, lastValueFrom, timeout, type Observable } from 'rxjs';
import type { OutboundIdentity, OutboundToken, OutboundTokens } from '../../propagation/index.js';
import type { DownstreamError } from '../errors/downstream-error.js';
import { badGateway, refused, timedOut, unavailable } from '../errors/downstream-failure.js';
import { CallTime } from './call-time.js';
import type { MessageCarrier, MessageHeaders, RpcSender } from './carriers/message-carrier.js';
import {
  DEFAULT_TIMEOUT_MS,
  OWN_CREDENTIALS,
  checkService,
  type CallOptions,
  type ServiceOptions,
} from './client-options.js';
import { TokenRefused, isOurFault, withToken } from './with-token.js';

/** Message patterns of Nest microservices. */
export type RpcPattern = string | Readonly<Record<string, string | number>>;

/** A client of Nest's, and the way in which its transport carries a token. */
export interface RpcConnection {
  readonly client: RpcSender;
  readonly carrier: MessageCarrier;
}

/**
 * Calls one service over one of Nest's transports, with a token that is for it among the message's headers. Connects on first use, and
 * again after a loss.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { InjectRpcClient } from '@watchword/auth/clients';
 * import { AuthRpcClient } from '@watchword/auth/microservices';
 *
 * @Injectable()
 * export class Orders {
 *   constructor(@InjectRpcClient('inventory') private readonly inventory: AuthRpcClient) {}
 *
 *   reserve(product: string, count: number): Promise<{ id: string }> {
 *     return this.inventory.send('stock.reserve', { product, count });
 *   }
 * }
 * ```
 */
export class AuthRpcClient implements OnApplicationShutdown {
  readonly #connection: RpcConnection;

  /** @internal `AuthClientsModule` makes it. @throws TypeError for a service without a name or an audience. */
  constructor(
    private readonly service: ServiceOptions,
    private readonly tokens: OutboundTokens,
    private readonly headers: () => MessageHeaders,
    connection: RpcConnection,
  ) {
    checkService(service);
    this.#connection = connection;
  }

  /**
   * Sends a message and gives the last value of the answer. Where a token that this service got itself is refused with 401, it is sent
   * a second time with a new one.
   *
   * @throws DownstreamError 401 or 403 with the code of the refusal, the 4xx that `passOn` names, 503 without a connection, 504 after the timeout, else 502
   * @throws TypeError when `headers` holds an authorization of its own
   */
  async send<T>(pattern: RpcPattern, data: unknown, options: CallOptions = {}): Promise<T> {
    return this.#call(options, data, (carried) => this.#connection.client.send<T>(pattern, carried));
  }

  /**
   * Sends an event; resolves when it is handed to the connection. Whether it was let in is not answered.
   *
   * @throws DownstreamError 503 without a connection
   */
  async emit(pattern: RpcPattern, data: unknown, options: CallOptions = {}): Promise<void> {
    await this.#call(options, data, (carried) => this.#connection.client.emit<undefined>(pattern, carried));
  }

  /** Closes the connection. Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    await this.#connection.client.close();
  }

  #call<T>(options: CallOptions, data: unknown, dispatch: (data: unknown) => Observable<T>): Promise<T> {
    const identity = options.credentials ?? this.service.credentials ?? 'caller';
    const time = new CallTime(options.timeoutMs ?? this.service.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    return withToken(this.tokens, {
      target: this.service,
      identity,
      time,
      isRepeatable: true,
      send: (token) => this.#send({ data, dispatch, token, identity, time }),
    });
  }

  async #send<T>({ data, dispatch, token, identity, time }: Dispatch<T>): Promise<T> {
    const headers = this.#messageHeaders(token);
    try {
      // The last value is the first that the clock waits for: a service that goes on sending others gains no time by it.
      return await this.#connection.carrier.carry(headers, data, dispatch, (answer) =>
        lastValueFrom(answer.pipe(last(null, undefined as T), timeout({ first: time.leftMs }))),
      );
    } catch (error) {
      if (error instanceof TypeError) throw error;
      if (isOurFault(token) && isUnauthorized(error)) throw new TokenRefused('it answered 401');
      throw this.#failure(error, identity);
    }
  }

  #messageHeaders(token: OutboundToken | undefined): MessageHeaders {
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

/** One message, on its way for the first or the second time. */
interface Dispatch<T> {
  readonly data: unknown;
  readonly dispatch: (data: unknown) => Observable<T>;
  readonly token: OutboundToken | undefined;
  readonly identity: OutboundIdentity;
  readonly time: CallTime;
}

function isUnauthorized(error: unknown): boolean {
  return (error as { readonly status?: unknown } | null)?.status === 401;
}
