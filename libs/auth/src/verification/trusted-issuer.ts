import type { VerifiedToken } from './verified-token.js';

/** A parsed public JSON Web Key (RFC 7517 §4, RFC 7518 §6). Each member is validated before it is used. */
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

/** Given in the options; never fetched. */
export interface StaticJwksSource {
  readonly jwks: { readonly keys: readonly Jwk[] };
  readonly jwksUri?: never;
  readonly discovery?: never;
  readonly load?: never;
}

/** Loaded by the application, as often as an endpoint would be fetched. For an issuer that verifies its own tokens. */
export interface SuppliedJwksSource {
  /** Called as often as an endpoint would be fetched. It may reject: the last valid keys stay in use. */
  readonly load: () => Promise<{ readonly keys: readonly Jwk[] }>;
  readonly jwksUri?: never;
  readonly discovery?: never;
  readonly jwks?: never;
}

/** The payload of a token whose signature is good; its members are not checked yet. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Where an issuer puts what RFC 9068 puts into other claims. {@link providerClaims} has the mappings of well-known products.
 *
 * Each function is called with the payload of a token whose signature is valid. What it returns is validated like the
 * claim that it replaces; `undefined` means that the token does not have it.
 */
export interface ClaimMapping {
  /** Replaces `roles` (RFC 9068 §2.2.3.1). */
  readonly roles?: (claims: Claims) => readonly string[] | undefined;
  /** Replaces `scope` (RFC 8693 §4.2). */
  readonly scopes?: (claims: Claims) => readonly string[] | undefined;
  /** Replaces `aud` (access tokens of Cognito only have `client_id`). */
  readonly audience?: (claims: Claims) => readonly string[] | undefined;
  /** Replaces `client_id`. */
  readonly clientId?: (claims: Claims) => string | undefined;
  /** Replaces `jti`. */
  readonly tokenId?: (claims: Claims) => string | undefined;
  /** Distinguishes access tokens from ID tokens of this issuer, where `typ` does not. */
  readonly isAccessToken?: (claims: Claims) => boolean;
}

/** A list of accepted names, or a map from the issuer's names to yours. */
export type Grants = readonly string[] | Readonly<Record<string, string | readonly string[]>>;

/**
 * Which roles and scopes are accepted from an issuer. All others are left out of {@link VerifiedToken.roles} and
 * {@link VerifiedToken.scopes}.
 *
 * @example
 * ```ts
 * import type { IssuerGrants } from '@watchword/auth/verification';
 *
 * // A manager at the partner's is a partner here; of its scopes one counts.
 * export const grants: IssuerGrants = { roles: { manager: 'partner' }, scopes: ['orders:read'] };
 * ```
 */
export interface IssuerGrants {
  readonly roles?: Grants;
  readonly scopes?: Grants;
}

interface IssuerBase {
  /** The issuer identifier, compared exactly with `iss`. */
  readonly issuer: string;
  /** The name of this service; a token is refused unless its `aud` contains one of these. */
  readonly audience: string | readonly [string, ...string[]];
  /**
   * Allowed `typ`; default `at+jwt` (RFC 9068 §2.1). `'none'` means a header without `typ`. Types other than `at+jwt`
   * need `claims.isAccessToken`, because ID tokens can have the same type and must not be accepted (RFC 8725 §3.11).
   */
  readonly tokenTypes?: readonly [string, ...string[]];
  /** Where the payload of this issuer differs from RFC 9068. */
  readonly claims?: ClaimMapping;
  /**
   * Default: everything for the first trusted issuer, nothing for all others. Another issuer chooses the names of its roles
   * itself: its `admin` is not your `admin`.
   */
  readonly grants?: IssuerGrants;
}

/** An issuer with public keys. */
export interface AsymmetricIssuer extends IssuerBase {
  /** The source of its public keys. */
  readonly keys: KeySourceOptions;
  /** Default: `['ES256']`. For Ed25519 keys use the names that the issuer writes in its keys and tokens: `EdDSA`, `Ed25519` (RFC 9864) or both. */
  readonly algorithms?: readonly [AsymmetricAlgorithm, ...AsymmetricAlgorithm[]];
  readonly secrets?: never;
}

/** An issuer that shares an HS256 secret with this service. Two secrets are accepted while you change it. */
export interface SharedSecretIssuer extends IssuerBase {
  /** Each at least 32 random bytes, in base64url. The `kid` of a token selects the secret: {@link sharedSecretKeyId}. */
  readonly secrets: readonly [string] | readonly [string, string];
  readonly algorithms?: readonly ['HS256'];
  readonly keys?: never;
}

/** An issuer whose tokens are accepted. */
export type TrustedIssuer = AsymmetricIssuer | SharedSecretIssuer;

/** Tells whether an otherwise valid token was revoked. It is called for every request, so it must answer from memory. */
export interface RevocationCheck {
  /** Whether this token was revoked. @throws AuthError `revocations_unknown` if that is not known, and tokens must not be accepted then */
  isRevoked(token: VerifiedToken): boolean;
  /**
   * A number that changes whenever the answer for any token may have changed. A cached token is checked again only then; without
   * a version, at every use.
   */
  readonly version?: number | undefined;
  /**
   * Calls `listener` after each change, for open connections and streams: these end when their token is revoked. Without it, changes
   * are looked for once a second.
   *
   * @returns stops it
   */
  onChange?(listener: () => void): () => void;
}
