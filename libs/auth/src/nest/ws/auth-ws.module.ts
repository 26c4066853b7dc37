import 'reflect-metadata';
import { Inject, Logger, Module, Optional, type DynamicModule, type Type, type WebSocketAdapter } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/internal';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AuthError, TokenVerifier } from '../../verification/index.js';
import { isGateway } from '../boot/handler-classes.js';
import { GUARDS } from '../boot/needed-module.js';
import { RequestScopes } from '../boot/request-scopes.js';
import { registerAdapters } from '../contexts/adapters.js';
import { AuthExceptionFilter } from '../errors/auth-exception.filter.js';
import { RefusalLog } from '../errors/refusal-log.js';
import { isPublicClass } from '../requirements/requirements.js';
import { Connection } from './connection.js';
import { guardAdapter, type GatewayPlace, type Handshakes } from './guarded-adapter.js';
import { handshakeCredentials, type AuthWsOptions, type Handshake } from './handshake-credentials.js';
import { wsContext } from './ws-context.js';

const OPTIONS = Symbol('AuthWsOptions');
/** The metadata of @nestjs/websockets on a gateway. */
const PORT = 'port';
const GATEWAY_OPTIONS = 'websockets:gateway_options';

/** Put on the gateways of all applications of the process. It answers HTTP nowhere, so its adapter is never set. */
const refusals = new AuthExceptionFilter(new HttpAdapterHost());

/**
 * Protects the gateways of `@nestjs/websockets`, on socket.io and on `ws`, with the guard and the decorators of `AuthModule`. Import it
 * beside `AuthModule`: an application with gateways does not start without it.
 *
 * A connection is verified at its handshake and with each message. It is closed, after the event `watchword:ended`, when its token
 * expires or is revoked. The message `watchword:renew` gives it a new token.
 *
 * A connection without a token is refused, except where a gateway class is `@Public()`.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
 * import { AuthModule, CurrentUser, Scopes, type VerifiedToken } from '@watchword/auth';
 * import { AuthWsModule } from '@watchword/auth/ws';
 *
 * @WebSocketGateway()
 * class ParcelsGateway {
 *   @SubscribeMessage('parcels.follow')
 *   @Scopes('parcels:read')
 *   follow(@CurrentUser() user: VerifiedToken) {
 *     return { event: 'parcels.followed', data: user.subject };
 *   }
 * }
 *
 * @Module({
 *   imports: [
 *     AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } }),
 *     AuthWsModule,
 *   ],
 *   providers: [ParcelsGateway],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class AuthWsModule {
  /** @internal */
  static readonly [GUARDS] = 'ws';

  private readonly gateways: readonly Type[];
  private readonly log = new RefusalLog(new Logger(AuthWsModule.name));

  /** @internal Nest calls it. */
  constructor(
    private readonly verifier: TokenVerifier,
    modules: ModulesContainer,
    config: ApplicationConfig,
    private readonly scopes: RequestScopes,
    @Optional() @Inject(OPTIONS) private readonly options: AuthWsOptions = {},
  ) {
    registerAdapters([wsContext]);
    this.gateways = gatewaysOf(modules);
    for (const gateway of this.gateways) answerRefusals(gateway);
    this.watch(config);
  }

  /**
   * Takes the token from a cookie too.
   *
   * @throws TypeError for a cookie without the origins that may send it
   *
   * @example
   * ```ts
   * import { AuthWsModule } from '@watchword/auth/ws';
   *
   * export const ws = AuthWsModule.forRoot({ cookie: 'session', origins: ['https://app.example'] });
   * ```
   */
  static forRoot(options: AuthWsOptions): DynamicModule {
    const { cookie, origins = [] } = options;
    if (cookie !== undefined && origins.length === 0) {
      throw new TypeError(
        'AuthWsModule: `cookie` needs `origins`: pages of every site can open a connection, and the browser sends your cookie with it. ' +
          "forRoot({ cookie: 'session', origins: ['https://app.example'] })",
      );
    }
    return { module: AuthWsModule, providers: [{ provide: OPTIONS, useValue: options }] };
  }

  private async accept(handshake: Handshake, place: GatewayPlace): Promise<Connection> {
    const connection = new Connection(this.verifier);
    try {
      const credentials = handshakeCredentials(handshake, this.options);
      if (credentials.length > 0 || !this.isOpen(place)) await connection.authenticate(credentials);
      return connection;
    } catch (error) {
      if (error instanceof AuthError) this.log.write(error, () => `A connection to ${place.path ?? 'a gateway'}`);
      throw error;
    }
  }

  /** The adapter is set after this module is made, or made by Nest when the first gateway needs it. */
  private watch(config: ApplicationConfig): void {
    const getIoAdapter = config.getIoAdapter.bind(config);
    const guarded = new WeakSet<WebSocketAdapter>();
    const handshakes: Handshakes = {
      accept: (handshake, place) => this.accept(handshake, place),
      isScoped: this.scopes.isEntered,
    };
    config.getIoAdapter = () => {
      const adapter = getIoAdapter() as WebSocketAdapter | undefined;
      if (adapter !== undefined && !guarded.has(adapter)) {
        guarded.add(adapter);
        guardAdapter(adapter, handshakes);
      }
      return adapter as WebSocketAdapter;
    };
  }

  /** Whether somebody without a token may connect there. */
  private isOpen({ port, path, namespace }: GatewayPlace): boolean {
    return this.gateways.some((gateway) => {
      const options = (Reflect.getMetadata(GATEWAY_OPTIONS, gateway) ?? {}) as Omit<GatewayPlace, 'port'>;
      const isThere = (Reflect.getMetadata(PORT, gateway) ?? 0) === port && options.path === path;
      return isThere && sameNamespace(options.namespace, namespace) && isPublicClass(gateway);
    });
  }
}

/** By their classes: Nest makes the gateways later. */
function gatewaysOf(modules: ModulesContainer): Type[] {
  return [...modules.values()].flatMap(({ providers }) =>
    [...providers.values()].flatMap(({ metatype }) =>
      typeof metatype === 'function' && isGateway(metatype as Type) ? [metatype as Type] : [],
    ),
  );
}

/** Nest writes a leading slash before a namespace. */
function sameNamespace(one: unknown, other: unknown): boolean {
  const slashed = (name: unknown): unknown => (typeof name === 'string' && !name.startsWith('/') ? `/${name}` : name);
  return slashed(one) === slashed(other);
}

/** Nest runs no global filters for gateways. Put on the class before Nest reads it. Of several filters Nest asks the last one first. */
function answerRefusals(gateway: Type): void {
  const others = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, gateway) ?? []) as unknown[];
  if (!others.includes(refusals)) Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [refusals, ...others], gateway);
}
