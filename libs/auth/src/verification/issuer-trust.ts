import { AccessTokenProfile } from './access-token-profile.js';
import type { Clock } from './clock.js';
import { grantings } from './issuer-grants.js';
import { type JwkSet, type JwkSetError, readJwkSet } from './keys/jwk-set.js';
import { JwksEndpoint } from './keys/jwks-endpoint.js';
import type { KeyCacheSettings } from './keys/key-cache-options.js';
import type { KeySource } from './keys/key-source.js';
import { RemoteKeySource } from './keys/remote-key-source.js';
import { sharedSecretKey } from './keys/shared-secret.js';
import { isAsymmetricAlgorithm } from './keys/signature-algorithms.js';
import { StaticKeySource } from './keys/static-key-source.js';
import { SuppliedKeySet } from './keys/supplied-key-set.js';
import { normalizeType } from './token-header.js';
import type { AsymmetricAlgorithm, AsymmetricIssuer, SharedSecretIssuer, TrustedIssuer } from './trusted-issuer.js';

/** RFC 9068 §2.1. */
const ACCESS_TOKEN_TYPE = 'at+jwt';
/** In a list of types, means a header without `typ`. */
const NO_TYPE = 'none';

/** A validated {@link TrustedIssuer}, with its key source. */
export interface IssuerTrust {
  readonly issuer: string;
  readonly algorithms: ReadonlySet<string>;
  readonly profile: AccessTokenProfile;
  readonly keys: KeySource;
  allowsType(type: string | undefined): boolean;
}

/**
 * Validates a trusted issuer at run time too, for configuration that is not type-checked.
 *
 * @param byDefault which of its roles and scopes are accepted when its `grants` do not mention them
 * @throws TypeError whose message names what to change
 */
export function trustIssuer(
  options: TrustedIssuer,
  byDefault: 'everything' | 'nothing',
  keyCache: KeyCacheSettings,
  clock: Clock,
): IssuerTrust {
  const { issuer, claims, grants = {} } = options;
  if (!isText(issuer)) throw new TypeError('A trusted issuer needs its `issuer`');
  const fail = (reason: string): never => {
    throw new TypeError(`Trusted issuer ${issuer}: ${reason}`);
  };
  const audiences = [options.audience].flat() as unknown[];
  if (audiences.length === 0 || !audiences.every(isText)) fail('`audience` names this service, and cannot be empty');
  const types = readTypes(options, fail);
  if ((options.keys === undefined) === (options.secrets === undefined)) {
    fail('give it either `keys` or `secrets`: a public key must never be usable as a secret');
  }
  return {
    issuer,
    algorithms: new Set<string>(options.algorithms ?? [options.keys === undefined ? 'HS256' : 'ES256']),
    profile: new AccessTokenProfile(new Set(audiences as string[]), grantings(grants, byDefault), claims),
    keys: options.keys === undefined ? secretKeys(options, fail) : publicKeys(options, keyCache, clock, fail),
    allowsType: (type) => types.has(type ?? NO_TYPE) && !(type === NO_TYPE),
  };
}

type Fail = (reason: string) => never;

function readTypes({ tokenTypes = [ACCESS_TOKEN_TYPE], claims }: TrustedIssuer, fail: Fail): ReadonlySet<string> {
  if (tokenTypes.length === 0 || !tokenTypes.every(isText)) fail('`tokenTypes` cannot be empty');
  const types = new Set(tokenTypes.map(normalizeType));
  if (claims?.isAccessToken === undefined && [...types].some((type) => type !== ACCESS_TOKEN_TYPE)) {
    fail('token types other than at+jwt need `claims.isAccessToken`, or an ID token would pass as an access token');
  }
  return types;
}

function secretKeys({ issuer, algorithms = ['HS256'], secrets }: SharedSecretIssuer, fail: Fail): KeySource {
  if (algorithms.length !== 1 || algorithms[0] !== 'HS256') fail('shared secrets verify HS256 alone');
  if (secrets.length < 1 || secrets.length > 2) fail('give it one secret, or two while changing from one to the other');
  const keys = secrets.map(sharedSecretKey);
  if (keys[0]?.keyId === keys[1]?.keyId) fail('its two secrets are the same');
  return new StaticKeySource(issuer, keys);
}

function publicKeys(options: AsymmetricIssuer, keyCache: KeyCacheSettings, clock: Clock, fail: Fail): KeySource {
  const { issuer, keys } = options;
  const algorithms = checkAlgorithms(options.algorithms ?? ['ES256'], fail);
  const { jwks, jwksUri, discovery, load } = keys;
  if ([jwks, jwksUri, discovery, load].filter((source) => source !== undefined).length !== 1) {
    fail('`keys` must have exactly one of `jwksUri`, `discovery`, `jwks` and `load`');
  }
  if (jwks !== undefined) return new StaticKeySource(issuer, staticKeys(jwks, algorithms, fail));
  const url = jwksUri ?? issuer;
  if (load === undefined && !isHttpUrl(url)) {
    const name = jwksUri === undefined ? '`issuer`, which is used to discover its keys,' : '`jwksUri`'; // it may have a password
    fail(`${name} must be an http(s) URL without credentials and fragment`);
  }
  const origin = load === undefined ? new JwksEndpoint(issuer, jwksUri) : new SuppliedKeySet(load);
  return new RemoteKeySource(issuer, origin, algorithms, keyCache, clock);
}

/** A static JWK Set must hold valid keys only. An error at startup tells the operator to fix it. */
function staticKeys(jwks: { keys: readonly object[] }, algorithms: readonly AsymmetricAlgorithm[], fail: Fail) {
  let set: JwkSet;
  try {
    set = readJwkSet(jwks, algorithms);
  } catch (error) {
    return fail(`its \`jwks\` have ${(error as JwkSetError).message}`);
  }
  if (set.unsound.length > 0) fail(`its \`jwks\` contain an invalid key. Fix or remove it: ${set.unsound.join('; ')}`);
  if (set.keys.size === 0) fail('its `jwks` have no key that can verify');
  return set.keys.values();
}

function checkAlgorithms(algorithms: readonly unknown[], fail: Fail): AsymmetricAlgorithm[] {
  if (algorithms.length === 0) fail('`algorithms` cannot be empty');
  return algorithms.map((name) =>
    isAsymmetricAlgorithm(name) ? name : fail(`${String(name)} is not an algorithm of public keys`),
  );
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + hash === '';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
