export { AuthError, publicError, systemClock } from './verification/index.js';
export type {
  Actor,
  AsymmetricAlgorithm,
  AsymmetricIssuer,
  AuthErrorCode,
  AuthErrorDetail,
  ClaimMapping,
  Clock,
  KeySourceOptions,
  PublicAuthError,
  RevocationCheck,
  SharedSecretIssuer,
  TrustedIssuer,
  VerifiedToken,
} from './verification/index.js';
