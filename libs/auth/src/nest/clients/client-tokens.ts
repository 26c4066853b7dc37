import { Inject } from '@nestjs/common';

/** The token of that client, for the `inject` of a factory. */
export function httpClientToken(name: string): string {
  return `watchword:http-client:${name}`;
}

/** The token of that client, for the `inject` of a factory. */
export function tcpClientToken(name: string): string {
  return `watchword:tcp-client:${name}`;
}

/** Injects the `AuthHttpClient` that was registered by this name. */
export function InjectHttpClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(httpClientToken(name));
}

/** Injects the `AuthTcpClient` that was registered by this name. */
export function InjectTcpClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(tcpClientToken(name));
}

/** The token of that client, for the `inject` of a factory. */
export function rpcClientToken(name: string): string {
  return `watchword:rpc-client:${name}`;
}

/** Injects the `AuthRpcClient` that was registered by this name. */
export function InjectRpcClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(rpcClientToken(name));
}

/** The token of that client, for the `inject` of a factory. */
export function grpcClientToken(name: string): string {
  return `watchword:grpc-client:${name}`;
}

/** Injects the `AuthGrpcClient` that was registered by this name. */
export function InjectGrpcClient(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(grpcClientToken(name));
}
