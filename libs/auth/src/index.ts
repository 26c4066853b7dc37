/**
 * The module, the guard, the decorators and the filter of a service that takes access tokens. Needs no package beside Nest's core.
 *
 * What it has in common with `@watchword/auth/verification` is described there.
 *
 * @module
 */
export { AccessTokenGuard } from './nest/access-token.guard.js';
export { AuthAudit } from './nest/boot/auth-audit.js';
export type { AuditedHandler } from './nest/boot/auth-audit.js';
export { AuthModule } from './nest/auth.module.js';
export type { AuthModuleExtras } from './nest/auth.module-definition.js';
export type { AuthModuleOptions } from './nest/auth-module-options.js';
export type { ContextAdapter, CustomContextAdapter } from './nest/contexts/context-adapter.js';
export type { FindCredentials } from './nest/contexts/request-credentials.js';
export { authorizationHeaders } from './nest/contexts/http-context.js';
export { CurrentUser } from './nest/current-user.js';
export { AuthExceptionFilter } from './nest/errors/auth-exception.filter.js';
export { authProblem, authRpcError } from './nest/errors/auth-problem.js';
export type { AuthProblem, RpcError } from './nest/errors/auth-problem.js';
export { Public } from './nest/requirements/public.js';
export type { PublicOptions } from './nest/requirements/public.js';
export { requirementsOf } from './nest/requirements/requirements.js';
export type { Handler } from './nest/requirements/handler-place.js';
export type { Requirements } from './nest/requirements/requirements.js';
export { Roles } from './nest/requirements/roles.js';
export { Scopes } from './nest/requirements/scopes.js';
export { CallerContext } from './propagation/index.js';
export type { Caller } from './propagation/index.js';
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
  Claims,
  Clock,
  DiscoverySource,
  ExchangeMessage,
  Grants,
  IssuerGrants,
  Jwk,
  JwksUriSource,
  KeyCacheOptions,
  KeySourceOptions,
  KeySourceStatus,
  KeysMessage,
  PublicAuthError,
  RefuseMessage,
  RevocationCheck,
  SharedSecretIssuer,
  StaticJwksSource,
  StrictJsonOptions,
  SuppliedJwksSource,
  TokenCacheOptions,
  TokenVerifierOptions,
  TrustedIssuer,
  VerifiedToken,
  VerifyMessage,
} from './verification/index.js';
export { RevocationFollower } from './revocation/index.js';
export type { FollowHandlers, FollowOptions, FollowStatus } from './revocation/index.js';
