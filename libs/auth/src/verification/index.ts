export { AuthError, publicError } from './auth-error.js';
export type { AuthErrorCode, AuthErrorDetail, PublicAuthError } from './auth-error.js';
export { systemClock } from './clock.js';
export type { Clock } from './clock.js';
export type {
  AsymmetricAlgorithm,
  AsymmetricIssuer,
  ClaimMapping,
  KeySourceOptions,
  RevocationCheck,
  SharedSecretIssuer,
  TrustedIssuer,
} from './trusted-issuer.js';
export type { Actor, VerifiedToken } from './verified-token.js';
