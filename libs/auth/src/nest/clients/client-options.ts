import type { ConnectionOptions } from 'node:tls';
import type { OutboundIdentity, OutboundTarget, ServiceCredentials } from '../../propagation/index.js';
import { checkPassOn, type PassOn } from '../errors/pass-on.js';

/** What is said of each service that is called. */
export interface ServiceOptions extends OutboundTarget {
  /** The name that it is injected by. */
  readonly name: string;
  /** The service as tokens name it in `aud`. No token without this audience is ever sent to it. */
  readonly audience: string;
  /**
   * The issuer whose tokens this service takes, as in `iss`; no token of another is ever sent to it. Default: the first that the
   * application trusts.
   */
  readonly issuer?: string;
  /**
   * Scopes to ask for, space-delimited, when a token is exchanged for this service or got for calls as this one. Default: all that is
   * allowed.
   */
  readonly scope?: string;
  /** As whom it is called unless a call says otherwise. Default: the caller. */
  readonly credentials?: OutboundIdentity;
  /** Milliseconds that a call may take, the time to get its token included. Default 5000. */
  readonly timeoutMs?: number;
  /**
   * What the service may refuse so that this one's own caller hears it: `{ 409: ['insufficient_stock'] }`. Of 401 and 403 the caller
   * gets the code in any case. Default: every other refusal is 502, with the reason in the log alone.
   */
  readonly passOn?: PassOn;
}

/** A service that is called over HTTP. */
export interface HttpServiceOptions extends ServiceOptions {
  /** Absolute http(s) URL; the client calls paths below it and nothing else. */
  readonly baseUrl: string;
  /**
   * Sends the requests, in place of the global `fetch`: undici's with a dispatcher of its own (a proxy, mutual TLS, a pool), say. It gets the token, so
   * it must not follow redirects by itself (`redirect: 'manual'` is set).
   */
  readonly fetch?: ((url: URL, init: RequestInit) => Promise<Response>) | undefined;
}

/** A service that is called over Nest's TCP transport. */
export interface TcpServiceOptions extends ServiceOptions {
  readonly host: string;
  readonly port: number;
  readonly tlsOptions?: ConnectionOptions;
  /** The longest answer that is taken, in characters. Default 1 Mi. */
  readonly maxBufferSize?: number;
}

/**
 * A service that is called over one of Nest's transports: TCP, Redis, NATS, RabbitMQ, MQTT 5 or Kafka.
 *
 * `transport` and `options` are Nest's own, the `ClientOptions` of `@nestjs/microservices`. They are not typed by it here, so that an
 * application without that package can use this module; `satisfies RpcServiceOptions & ClientOptions` checks them.
 */
export interface RpcServiceOptions extends ServiceOptions {
  /** Of the enumeration `Transport`. */
  readonly transport: number;
  readonly options?: object | undefined;
  /** The patterns that are answered, on Kafka: a client there listens for answers to these alone. */
  readonly replies?: readonly string[];
}

/** A service that is called over gRPC. */
export interface GrpcServiceOptions extends ServiceOptions {
  /** Nest's own for a gRPC client: `package`, `protoPath`, `url`, `credentials` for TLS … (`GrpcOptions['options']`). */
  readonly options: object;
}

/** The services that this one calls. */
export interface AuthClientsOptions {
  readonly http?: readonly HttpServiceOptions[];
  readonly tcp?: readonly TcpServiceOptions[];
  readonly rpc?: readonly RpcServiceOptions[];
  readonly grpc?: readonly GrpcServiceOptions[];
  /**
   * This service as a client of the issuer. With them a caller's token that is not for a target is exchanged, and
   * calls can be made as this service.
   */
  readonly serviceCredentials?: ServiceCredentials | undefined;
  /** Sent with each call, as HTTP headers or as packet metadata: a request id, for example. Never credentials. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
}

/** How one call differs from the client's defaults. */
export interface CallOptions {
  /** The identity for this call. Default: that of the client. */
  readonly credentials?: OutboundIdentity;
  /** Milliseconds. */
  readonly timeoutMs?: number;
}

export const DEFAULT_TIMEOUT_MS = 5000;

/** What a call that brings its own Authorization is told. */
export const OWN_CREDENTIALS =
  "The client attaches the token itself. Say whose: { credentials: 'caller' | 'exchange' | 'service' | 'none' }.";

/** @throws TypeError, naming the fix, for a client without a name or an audience, or with refusals to pass on that are none. */
export function checkService({ name, audience, passOn }: ServiceOptions): void {
  if (!name) throw new TypeError('AuthClientsModule: a client has no `name`.');
  if (!audience) {
    throw new TypeError(
      `AuthClientsModule: the client ${name} has no \`audience\`. Name the service as tokens do in \`aud\`, so that no token for another service is sent to it.`,
    );
  }
  checkPassOn(name, passOn);
}
