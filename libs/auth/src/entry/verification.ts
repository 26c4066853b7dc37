/**
 * `TokenVerifier` and what belongs to it, without Nest.
 *
 * @module
 */
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
} from '../verification/index.js';
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
  Grants,
  IssuerGrants,
  Jwk,
  JwksUriSource,
  KeyCacheOptions,
  KeySourceOptions,
  KeySourceStatus,
  PublicAuthError,
  RevocationCheck,
  SharedSecretIssuer,
  StaticJwksSource,
  StrictJsonOptions,
  SuppliedJwksSource,
  TokenCacheOptions,
  TokenVerifierOptions,
  TrustedIssuer,
  VerifiedToken,
} from '../verification/index.js';
