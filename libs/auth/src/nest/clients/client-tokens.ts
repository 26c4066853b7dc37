import { Inject } from '@nestjs/common';

/**
 * The token of that client, for the `inject` of a factory.
 *
 * @example
 * ```ts
 * import { AuthHttpClient, httpClientToken } from '@watchword/auth/clients';
 *
 * class Inventory {
 *   constructor(readonly client: AuthHttpClient) {}
 * }
 *
 * export const provider = {
 *   provide: Inventory,
 *   inject: [httpClientToken('inventory')],
 *   useFactory: (client: AuthHttpClient) => new Inventory(client),
 * };
 * ```
 */
export function httpClientToken(name: string): string {
  return `watchword:http-client:${name}`;
}

/**
 * The token of that client, for the `inject` of a factory.
 *
 * @example
 * ```ts
 * import { tcpClientToken } from '@watchword/auth/clients';
 * import { AuthTcpClient } from '@watchword/auth/microservices';
 *
 * class Inventory {
 *   constructor(readonly client: AuthTcpClient) {}
 * }
 *
 * export const provider = {
 *   provide: Inventory,
 *   inject: [tcpClientToken('inventory')],
 *   useFactory: (client: AuthTcpClient) => new Inventory(client),
 * };
 * ```
 */
export function tcpClientToken(name: string): string {
  return `watchword:tcp-client:${name}`;
}

/**
 * Injects the `AuthHttpClient` that was registered by this name.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { AuthHttpClient, InjectHttpClient } from '@watchword/auth/clients';
 *
 * @Injectable()
 * export class Inventory {
 *   constructor(@InjectHttpClient('inventory') readonly client: AuthHttpClient) {}
 * }
 * ```
 */
export function InjectHttpClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(httpClientToken(name));
}

/**
 * Injects the `AuthTcpClient` that was registered by this name.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { InjectTcpClient } from '@watchword/auth/clients';
 * import { AuthTcpClient } from '@watchword/auth/microservices';
 *
 * @Injectable()
 * export class Inventory {
 *   constructor(@InjectTcpClient('inventory') readonly client: AuthTcpClient) {}
 * }
 * ```
 */
export function InjectTcpClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(tcpClientToken(name));
}

/**
 * The token of that client, for the `inject` of a factory.
 *
 * @example
 * ```ts
 * import { rpcClientToken } from '@watchword/auth/clients';
 * import { AuthRpcClient } from '@watchword/auth/microservices';
 *
 * class Inventory {
 *   constructor(readonly client: AuthRpcClient) {}
 * }
 *
 * export const provider = {
 *   provide: Inventory,
 *   inject: [rpcClientToken('inventory')],
 *   useFactory: (client: AuthRpcClient) => new Inventory(client),
 * };
 * ```
 */
export function rpcClientToken(name: string): string {
  return `watchword:rpc-client:${name}`;
}

/**
 * Injects the `AuthRpcClient` that was registered by this name.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { InjectRpcClient } from '@watchword/auth/clients';
 * import { AuthRpcClient } from '@watchword/auth/microservices';
 *
 * @Injectable()
 * export class Inventory {
 *   constructor(@InjectRpcClient('inventory') readonly client: AuthRpcClient) {}
 * }
 * ```
 */
export function InjectRpcClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(rpcClientToken(name));
}

/**
 * The token of that client, for the `inject` of a factory.
 *
 * @example
 * ```ts
 * import { grpcClientToken } from '@watchword/auth/clients';
 * import { AuthGrpcClient } from '@watchword/auth/grpc';
 *
 * class Inventory {
 *   constructor(readonly client: AuthGrpcClient) {}
 * }
 *
 * export const provider = {
 *   provide: Inventory,
 *   inject: [grpcClientToken('inventory')],
 *   useFactory: (client: AuthGrpcClient) => new Inventory(client),
 * };
 * ```
 */
export function grpcClientToken(name: string): string {
  return `watchword:grpc-client:${name}`;
}

/**
 * Injects the `AuthGrpcClient` that was registered by this name.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { InjectGrpcClient } from '@watchword/auth/clients';
 * import { AuthGrpcClient } from '@watchword/auth/grpc';
 *
 * @Injectable()
 * export class Inventory {
 *   constructor(@InjectGrpcClient('inventory') readonly client: AuthGrpcClient) {}
 * }
 * ```
 */
export function InjectGrpcClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(grpcClientToken(name));
}
