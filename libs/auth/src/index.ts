export { AccessTokenGuard } from './nest/access-token.guard.js';
export { AuthModule } from './nest/auth.module.js';
export type { AuthModuleOptions } from './nest/auth-module-options.js';
export { AuthClientsModule } from './nest/clients/auth-clients.module.js';
export type { AuthClientsAsyncOptions } from './nest/clients/auth-clients.module.js';
export { AuthHttpClient } from './nest/clients/auth-http-client.js';
export type { AuthRequestInit } from './nest/clients/auth-http-client.js';
export { AuthTcpClient } from './nest/clients/auth-tcp-client.js';
export type { TcpPattern } from './nest/clients/auth-tcp-client.js';
export type {
  AuthClientsOptions,
  CallOptions,
  HttpServiceOptions,
  TcpServiceOptions,
} from './nest/clients/client-options.js';
export type { PassOn } from './nest/errors/pass-on.js';
export { InjectHttpClient, InjectTcpClient, httpClientToken, tcpClientToken } from './nest/clients/client-tokens.js';
export { authorizationHeaders } from './nest/contexts/http-context.js';
export { CurrentUser } from './nest/current-user.js';
export { AuthExceptionFilter } from './nest/errors/auth-exception.filter.js';
export { authProblem, authRpcError } from './nest/errors/auth-problem.js';
export type { AuthProblem, RpcError } from './nest/errors/auth-problem.js';
export { HopException } from './nest/errors/hop-exception.js';
export type { HopAnswer, HopFailure } from './nest/errors/hop-exception.js';
export { JwtStrategy } from './nest/passport/jwt-strategy.js';
export { Public } from './nest/requirements/public.js';
export { requirementsOf } from './nest/requirements/requirements.js';
export type { Handler } from './nest/requirements/handler-place.js';
export type { Requirements } from './nest/requirements/requirements.js';
export { Roles } from './nest/requirements/roles.js';
export { Scopes } from './nest/requirements/scopes.js';
export { StrictJsonSocket } from './nest/tcp/strict-json-socket.js';
export {
  CallerContext,
  HttpTarget,
  OutboundTokens,
  PropagationError,
  ServiceTokens,
  TokenEndpoint,
  TokenExchange,
} from './propagation/index.js';
export type {
  Caller,
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
} from './propagation/index.js';
export {
  AuthError,
  TokenVerifier,
  parseBearer,
  parseStrictJson,
  parseStrictJsonObject,
  providerClaims,
  publicError,
  readSharedSecret,
  sharedSecretKeyId,
  systemClock,
} from './verification/index.js';
export type {
  Actor,
  AsymmetricAlgorithm,
  AsymmetricIssuer,
  AuthErrorCode,
  AuthErrorDetail,
  ClaimMapping,
  Clock,
  Grants,
  IssuerGrants,
  KeyCacheOptions,
  KeySourceOptions,
  KeySourceStatus,
  PublicAuthError,
  RevocationCheck,
  SharedSecretIssuer,
  StrictJsonOptions,
  TokenCacheOptions,
  TokenVerifierOptions,
  TrustedIssuer,
  VerifiedToken,
} from './verification/index.js';
