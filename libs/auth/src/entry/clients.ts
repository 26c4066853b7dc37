/**
 * Calls to other services, each with a token that is for that service alone.
 *
 * @module
 */
export { AuthClientsModule } from '../nest/clients/auth-clients.module.js';
export type { AuthClientsAsyncOptions } from '../nest/clients/auth-clients.module.js';
export { AuthHttpClient } from '../nest/clients/auth-http-client.js';
export type { AuthRequestInit } from '../nest/clients/auth-http-client.js';
export type {
  AuthClientsOptions,
  CallOptions,
  GrpcServiceOptions,
  HttpServiceOptions,
  RpcServiceOptions,
  ServiceOptions,
  TcpServiceOptions,
} from '../nest/clients/client-options.js';
export type { PassOn } from '../nest/errors/pass-on.js';
export {
  InjectGrpcClient,
  InjectHttpClient,
  InjectRpcClient,
  InjectTcpClient,
  grpcClientToken,
  httpClientToken,
  rpcClientToken,
  tcpClientToken,
} from '../nest/clients/client-tokens.js';
export { DownstreamError } from '../nest/errors/downstream-error.js';
export type { DownstreamAnswer, DownstreamFailure } from '../nest/errors/downstream-error.js';
export {
  bearerFetch,
  bearerInterceptor,
  HttpTarget,
  OutboundTokens,
  PropagationError,
  ServiceTokens,
  TokenEndpoint,
  TokenExchange,
} from '../propagation/index.js';
export type {
  AxiosRequest,
  AxiosRequestHeaders,
  BearerService,
  ExchangeTarget,
  GrantedToken,
  OutboundIdentity,
  OutboundTarget,
  OutboundToken,
  OutboundTokensOptions,
  PropagationErrorCode,
  ServiceCredentials,
  TokenEndpointOptions,
  TokenExchangeOptions,
} from '../propagation/index.js';
