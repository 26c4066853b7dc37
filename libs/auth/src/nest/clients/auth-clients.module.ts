import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata, type Provider } from '@nestjs/common';
import { CallerContext, OutboundTokens } from '../../propagation/index.js';
import { TokenVerifier } from '../../verification/index.js';
import { AuthHttpClient } from './auth-http-client.js';
import type { AuthGrpcClient } from './auth-grpc-client.js';
import type { AuthRpcClient } from './auth-rpc-client.js';
import type { AuthTcpClient } from './auth-tcp-client.js';
import type { AuthClientsOptions } from './client-options.js';
import { tokenSourceOf } from './shared-token-source.js';
import { grpcClientToken, httpClientToken, rpcClientToken, tcpClientToken } from './client-tokens.js';

/** Options that come from providers. The names come first: injection tokens are made before the factory runs. */
export interface AuthClientsAsyncOptions<Dependencies extends readonly unknown[] = readonly never[]> {
  /** The names of the HTTP clients for which the factory returns options. */
  readonly http?: readonly string[];
  /** The same for TCP. */
  readonly tcp?: readonly string[];
  /** The same for the other transports. */
  readonly rpc?: readonly string[];
  /** The same for gRPC. */
  readonly grpc?: readonly string[];
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  /** Called with the providers of `inject`. */
  readonly useFactory: (...dependencies: Dependencies) => AuthClientsOptions | Promise<AuthClientsOptions>;
}

const OPTIONS = Symbol('AuthClientsOptions');

/**
 * The services that this one calls, each as a client that carries a token which is for that service. Needs `AuthModule`.
 *
 * @example
 * ```ts
 * import { Injectable, Module } from '@nestjs/common';
 * import { AuthModule } from '@watchword/auth';
 * import { AuthClientsModule, AuthHttpClient, InjectHttpClient } from '@watchword/auth/clients';
 *
 * @Injectable()
 * class Shipping {
 *   constructor(@InjectHttpClient('catalog') private readonly catalog: AuthHttpClient) {}
 *
 *   // Called with the token of the caller of this request, or with one that it was exchanged for.
 *   price(sku: string): Promise<{ cents: number }> {
 *     return this.catalog.json(`products/${encodeURIComponent(sku)}/price`);
 *   }
 * }
 *
 * @Module({
 *   imports: [
 *     AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } }),
 *     AuthClientsModule.register({
 *       http: [{ name: 'catalog', baseUrl: 'http://catalog:3001', audience: 'catalog' }],
 *     }),
 *   ],
 *   providers: [Shipping],
 * })
 * export class ParcelsModule {}
 * ```
 */
@Module({})
export class AuthClientsModule {
  /** Registers the clients. @throws TypeError, when the application starts, for a client with invalid options */
  static register(options: AuthClientsOptions): DynamicModule {
    return this.registerAsync({
      http: (options.http ?? []).map(({ name }) => name),
      tcp: (options.tcp ?? []).map(({ name }) => name),
      rpc: (options.rpc ?? []).map(({ name }) => name),
      grpc: (options.grpc ?? []).map(({ name }) => name),
      useFactory: () => options,
    });
  }

  /**
   * Takes the options from a factory. `http`, `tcp`, `rpc` and `grpc` name the clients for which the factory gives options.
   *
   * @example
   * ```ts
   * import { AuthClientsModule } from '@watchword/auth/clients';
   *
   * class ParcelsConfig {
   *   readonly catalogUrl = 'http://catalog:3001';
   * }
   *
   * export const clients = AuthClientsModule.registerAsync({
   *   http: ['catalog'],
   *   inject: [ParcelsConfig],
   *   useFactory: ({ catalogUrl }: ParcelsConfig) => ({
   *     http: [{ name: 'catalog', baseUrl: catalogUrl, audience: 'catalog' }],
   *   }),
   * });
   * ```
   */
  static registerAsync<Dependencies extends readonly unknown[]>({
    http = [],
    tcp = [],
    rpc = [],
    grpc = [],
    imports = [],
    inject = [],
    useFactory,
  }: AuthClientsAsyncOptions<Dependencies>): DynamicModule {
    const clients = [...http.map(httpClient), ...tcp.map(tcpClient), ...rpc.map(rpcClient), ...grpc.map(grpcClient)];
    return {
      module: AuthClientsModule,
      imports,
      providers: [{ provide: OPTIONS, inject, useFactory }, OUTBOUND_TOKENS, ...clients],
      exports: [OutboundTokens, ...clients],
    };
  }
}

const OUTBOUND_TOKENS: Provider = {
  provide: OutboundTokens,
  inject: [CallerContext, TokenVerifier, OPTIONS],
  useFactory: (callers: CallerContext, verifier: TokenVerifier, { serviceCredentials }: AuthClientsOptions) => {
    const issuer = verifier.ownIssuer;
    if (serviceCredentials === undefined) return new OutboundTokens({ callers, issuer });
    return new OutboundTokens({ callers, issuer, ...tokenSourceOf(verifier, serviceCredentials) });
  },
};

function httpClient(name: string): FactoryProvider<AuthHttpClient> {
  return {
    provide: httpClientToken(name),
    inject: [OPTIONS, OutboundTokens],
    useFactory: (options: AuthClientsOptions, tokens: OutboundTokens) =>
      new AuthHttpClient(named('http', options.http, name), tokens, options.headers),
  };
}

function tcpClient(name: string): FactoryProvider<AuthTcpClient> {
  return {
    provide: tcpClientToken(name),
    inject: [OPTIONS, OutboundTokens],
    useFactory: async (options: AuthClientsOptions, tokens: OutboundTokens) => {
      // Only here: who calls over HTTP alone has no @nestjs/microservices.
      const { AuthTcpClient } = await import('./microservice-clients.js');
      return new AuthTcpClient(named('tcp', options.tcp, name), tokens, options.headers);
    },
  };
}

function rpcClient(name: string): FactoryProvider<AuthRpcClient> {
  return {
    provide: rpcClientToken(name),
    inject: [OPTIONS, OutboundTokens],
    useFactory: async (options: AuthClientsOptions, tokens: OutboundTokens) => {
      const { AuthRpcClient, openRpcConnection } = await import('./microservice-clients.js');
      const service = named('rpc', options.rpc, name);
      return new AuthRpcClient(service, tokens, options.headers ?? noHeaders, await openRpcConnection(service));
    },
  };
}

function grpcClient(name: string): FactoryProvider<AuthGrpcClient> {
  return {
    provide: grpcClientToken(name),
    inject: [OPTIONS, OutboundTokens],
    useFactory: async (options: AuthClientsOptions, tokens: OutboundTokens) => {
      const { AuthGrpcClient } = await import('./auth-grpc-client.js');
      return new AuthGrpcClient(named('grpc', options.grpc, name), tokens, options.headers);
    },
  };
}

const noHeaders = (): Readonly<Record<string, string>> => ({});

function named<T extends { readonly name: string }>(kind: string, services: readonly T[] | undefined, name: string): T {
  const service = services?.find((candidate) => candidate.name === name);
  if (service !== undefined) return service;
  throw new TypeError(
    `AuthClientsModule: the ${kind} client ${name} was announced but the factory gave no options for it. Return { ${kind}: [{ name: '${name}', … }] }.`,
  );
}
