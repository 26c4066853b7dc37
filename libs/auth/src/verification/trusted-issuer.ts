import type { VerifiedToken } from './verified-token.js';

/** A public JSON Web Key (RFC 7517 §4, RFC 7518 §6), as it was parsed: each member is checked before it is used. */
export interface Jwk {
  readonly kty?: string | undefined;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
  readonly key_ops?: readonly string[] | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly x5u?: string | undefined;
  readonly x5c?: readonly string[] | undefined;
  readonly x5t?: string | undefined;
  readonly 'x5t#S256'?: string | undefined;
}

/** Signature algorithms that an issuer with public keys may use (RFC 7518 §3.1, RFC 8037, RFC 9864 §2.2). */
export type AsymmetricAlgorithm =
  'ES256' | 'ES384' | 'ES512' | 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'EdDSA' | 'Ed25519';

/** Where an issuer's public keys come from: exactly one of these. */
export type KeySourceOptions = JwksUriSource | DiscoverySource | StaticJwksSource | SuppliedJwksSource;

/** Fetched from a JWKS endpoint (RFC 7517 §5). */
export interface JwksUriSource {
  readonly jwksUri: string;
  readonly discovery?: never;
  readonly jwks?: never;
  readonly load?: never;
}

/** Fetched from the `jwks_uri` of the issuer's metadata (RFC 8414 §3, OpenID Connect Discovery §4). */
export interface DiscoverySource {
  readonly discovery: true;
  readonly jwksUri?: never;
  readonly jwks?: never;
  readonly load?: never;
}

/** Given here; never asked for again. */
export interface StaticJwksSource {
  readonly jwks: { readonly keys: readonly Jwk[] };
  readonly jwksUri?: never;
  readonly discovery?: never;
  readonly load?: never;
}

/** Supplied by the application, and asked for as often as an endpoint would be: an issuer that verifies its own tokens. */
export interface SuppliedJwksSource {
  readonly load: () => Promise<{ readonly keys: readonly Jwk[] }>;
  readonly jwksUri?: never;
  readonly discovery?: never;
  readonly jwks?: never;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Where an issuer's payload has what RFC 9068 puts elsewhere. See {@link providerClaims} for those of well-known products.
 *
 * Each function is called with the payload of a token whose signature is good. What it returns is checked like the
 * claim that it stands for; `undefined` means that the token has none.
 */
export interface ClaimMapping {
  readonly roles?: (claims: Claims) => readonly string[] | undefined;
  readonly scopes?: (claims: Claims) => readonly string[] | undefined;
  /** What stands for `aud` (Cognito's access tokens have `client_id` alone). */
  readonly audience?: (claims: Claims) => readonly string[] | undefined;
  /** What stands for `client_id`. */
  readonly clientId?: (claims: Claims) => string | undefined;
  /** What stands for `jti`. */
  readonly tokenId?: (claims: Claims) => string | undefined;
  /** Tells an access token from this issuer's ID tokens, where `typ` does not. */
  readonly isAccessToken?: (claims: Claims) => boolean;
}

/** Names that count as they are, or for each name of the issuer's those of ours that it stands for. */
export type Grants = readonly string[] | Readonly<Record<string, string | readonly string[]>>;

/**
 * What an issuer may grant here. All that it claims beyond this is left out of {@link VerifiedToken.roles} and
 * {@link VerifiedToken.scopes}.
 *
 * @example
 * const partner = { roles: { manager: 'partner' }, scopes: ['orders:read'] };
 */
export interface IssuerGrants {
  readonly roles?: Grants;
  readonly scopes?: Grants;
}

interface IssuerBase {
  /** The issuer's identifier, compared exactly with `iss`. */
  readonly issuer: string;
  /** This service; a token is refused unless its `aud` has one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /**
   * Allowed `typ`; default `at+jwt` (RFC 9068 §2.1). `'none'` stands for a header without one. Anything but `at+jwt`
   * needs `claims.isAccessToken`: an ID token has such a type too, and it must not open anything (RFC 8725 §3.11).
   */
  readonly tokenTypes?: readonly [string, ...string[]];
  readonly claims?: ClaimMapping;
  /**
   * Default: all that it claims for the first trusted issuer, nothing for every other one. A partner chooses the names of its
   * roles itself: its `admin` is not yours.
   */
  readonly grants?: IssuerGrants;
}

/** An issuer whose public keys verify. */
export interface AsymmetricIssuer extends IssuerBase {
  readonly keys: KeySourceOptions;
  /** Default: ES256 alone. For Ed25519 keys name what the issuer writes, in its keys and its tokens: `EdDSA`, `Ed25519` (RFC 9864) or both. */
  readonly algorithms?: readonly [AsymmetricAlgorithm, ...AsymmetricAlgorithm[]];
  readonly secrets?: never;
}

/** An issuer that shares an HS256 secret with this service. Two secrets at once allow changing it. */
export interface SharedSecretIssuer extends IssuerBase {
  /** Each at least 32 random bytes, base64url. A token names its secret by `kid`: {@link sharedSecretKeyId}. */
  readonly secrets: readonly [string] | readonly [string, string];
  readonly algorithms?: readonly ['HS256'];
  readonly keys?: never;
}

export type TrustedIssuer = AsymmetricIssuer | SharedSecretIssuer;

/** Whether a token that is otherwise good was revoked; asked at every request, so it must answer from memory. */
export interface RevocationCheck {
  isRevoked(token: VerifiedToken): boolean;
  /**
   * A number that changes whenever the answer for some token may have become another one. A cached token is asked about again only
   * then; without it, at every use.
   */
  readonly version?: number | undefined;
}
