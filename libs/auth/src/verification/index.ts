export { AuthError, publicError } from './auth-error.js';
export type { AuthErrorCode, AuthErrorDetail, PublicAuthError } from './auth-error.js';
export { basicCredentials } from './basic-credentials.js';
export { brand } from './brand.js';
export { parseBearer } from './bearer.js';
export { systemClock } from './clock.js';
export type { Clock } from './clock.js';
export type { KeyCacheOptions } from './keys/key-cache-options.js';
export type { KeySourceStatus } from './keys/key-source.js';
export { isAsymmetricAlgorithm, signatureParameters } from './keys/signature-algorithms.js';
export { readSharedSecret, sharedSecretKeyId } from './keys/shared-secret.js';
export { providerClaims } from './provider-claims.js';
export type { TokenCacheOptions } from './cache/token-cache.js';
export { bothRevocations } from './revocation-changes.js';
export { parseStrictJson, parseStrictJsonObject } from './strict-json.js';
export type { StrictJsonOptions } from './strict-json.js';
export { TokenVerifier } from './token-verifier.js';
export type { TokenVerifierOptions } from './token-verifier.js';
export type {
  AsymmetricAlgorithm,
  AsymmetricIssuer,
  ClaimMapping,
  Claims,
  DiscoverySource,
  Grants,
  IssuerGrants,
  Jwk,
  JwksUriSource,
  KeySourceOptions,
  RevocationCheck,
  SharedSecretIssuer,
  StaticJwksSource,
  SuppliedJwksSource,
  TrustedIssuer,
} from './trusted-issuer.js';
export type { Actor, VerifiedToken } from './verified-token.js';
export { isHeard, publish } from './diagnostics.js';
export type { ExchangeMessage, KeysMessage, RefuseMessage, VerifyMessage } from './diagnostics.js';
