import type { JWK } from 'jose';
import type { VerifiedToken } from './verified-token.js';

/** Signature algorithms that an issuer with public keys may use (RFC 7518 §3.1, RFC 8037). */
export type AsymmetricAlgorithm =
  'ES256' | 'ES384' | 'ES512' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'EdDSA';

/** Where an issuer's public keys come from. */
export type KeySourceOptions =
  /** Fetched from a JWKS endpoint (RFC 7517 §5). */
  | { readonly jwksUri: string }
  /** Fetched from the `jwks_uri` of the issuer's metadata (RFC 8414 §3, OpenID Connect Discovery §4). */
  | { readonly discovery: true }
  /** Given here; never fetched. */
  | { readonly jwks: { readonly keys: readonly JWK[] } };

/** Where in an issuer's payload roles and scopes live, when not where RFC 9068 puts them. */
export interface ClaimMapping {
  readonly roles?: (claims: Readonly<Record<string, unknown>>) => readonly string[];
  readonly scopes?: (claims: Readonly<Record<string, unknown>>) => readonly string[];
  /** The claims that stand for `aud` (Cognito's access tokens have `client_id` alone). */
  readonly audience?: (claims: Readonly<Record<string, unknown>>) => readonly string[];
}

interface IssuerBase {
  /** The issuer's identifier, compared exactly with `iss`. */
  readonly issuer: string;
  /** This service; a token is refused unless its `aud` has one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /** Allowed `typ`; default `at+jwt` (RFC 9068 §2.1). */
  readonly tokenTypes?: readonly [string, ...string[]];
  readonly claims?: ClaimMapping;
}

/** An issuer whose public keys verify. */
export interface AsymmetricIssuer extends IssuerBase {
  readonly keys: KeySourceOptions;
  /** Default: ES256 alone. */
  readonly algorithms?: readonly [AsymmetricAlgorithm, ...AsymmetricAlgorithm[]];
  readonly secrets?: never;
}

/** An issuer that shares an HS256 secret with this service. Two secrets at once allow changing it. */
export interface SharedSecretIssuer extends IssuerBase {
  /** Each at least 32 bytes, base64url. A token names its secret by `kid`: the secret's RFC 7638 thumbprint. */
  readonly secrets: readonly [string] | readonly [string, string];
  readonly algorithms?: readonly ['HS256'];
  readonly keys?: never;
}

export type TrustedIssuer = AsymmetricIssuer | SharedSecretIssuer;

/** Whether a token that is otherwise good was revoked; asked at every request, so it must answer from memory. */
export interface RevocationCheck {
  isRevoked(token: VerifiedToken): boolean;
}
