import type { CustomContextAdapter } from './contexts/context-adapter.js';
import type { FindCredentials } from './contexts/request-credentials.js';
import { RevocationFollower, type FollowOptions } from '../revocation/index.js';
import { bothRevocations, type TokenVerifierOptions, type TrustedIssuer } from '../verification/index.js';

/** The options of `AuthModule`: the trusted issuers, the audience, and the settings of the verifier. */
export type AuthModuleOptions = (TrustedIssuer | { readonly issuers: readonly [TrustedIssuer, ...TrustedIssuer[]] }) &
  Omit<TokenVerifierOptions, 'issuers'> & {
    /** Follows the revocations of your own issuer, so that a logout takes effect here within a second. Without it, tokens are valid until they expire. */
    readonly follow?: FollowOptions | undefined;
    /**
     * Finds more tokens of a request than the one in its Authorization header, for example in a cookie. A request with two tokens is
     * refused. Browsers also send cookies with requests from other sites: protect against them (`SameSite=Strict`, check `Origin`).
     *
     * @example
     * ```ts
     * import type { IncomingMessage } from 'node:http';
     * import type { FindCredentials } from '@watchword/auth';
     *
     * export const credentials: FindCredentials = (context) => {
     *   if (context.getType() !== 'http') return [];
     *   const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
     *   const cookies = headers.cookie?.split('; ') ?? [];
     *   return cookies.filter((cookie) => cookie.startsWith('session=')).map((cookie) => cookie.slice('session='.length));
     * };
     * ```
     */
    readonly credentials?: FindCredentials | undefined;
    /** Adapters for contexts that this library does not know. */
    readonly contexts?: readonly CustomContextAdapter[] | undefined;
  };

/**
 * The options of the verifier, from those of the module.
 *
 * @throws TypeError if issuer, audience or keys are missing (in JavaScript, or because a setting is empty); it names the fix.
 */
export function verifierOptions(options: AuthModuleOptions): TokenVerifierOptions {
  const issuers = issuersOf(options);
  for (const issuer of issuers) checkIssuer(issuer);
  return { ...settingsOf(options), issuers };
}

/** The follower of the own issuer's revocations; null without `follow`. */
export function followerOf(options: AuthModuleOptions): RevocationFollower | null {
  const [own] = issuersOf(options);
  return options.follow === undefined ? null : new RevocationFollower(own.issuer, options.follow, options.clock);
}

/** Combines the revocations of the follower with those of the application. */
export function withFollower(options: TokenVerifierOptions, follower: RevocationFollower | null): TokenVerifierOptions {
  const { revocations } = options;
  if (follower === null) return options;
  return { ...options, revocations: revocations === undefined ? follower : bothRevocations(follower, revocations) };
}

function issuersOf(options: AuthModuleOptions): readonly [TrustedIssuer, ...TrustedIssuer[]] {
  if (!('issuers' in options)) return [options];
  if (!Array.isArray(options.issuers) || options.issuers.length === 0) {
    throw new TypeError('AuthModule: `issuers` is empty, so no token could ever be accepted. Add at least one issuer.');
  }
  return options.issuers;
}

function checkIssuer({ issuer, audience, keys, secrets }: TrustedIssuer): void {
  if (!isFilled(issuer)) {
    throw new TypeError(
      "AuthModule: `issuer` is missing. Give the URL that the issuer puts into `iss`: forRoot({ issuer: 'https://auth.example', … }).",
    );
  }
  if (Array.isArray(audience) ? audience.length === 0 || !audience.every(isFilled) : !isFilled(audience)) {
    throw new TypeError(
      "AuthModule: `audience` is missing. Give the name of this service, as tokens have it in `aud`: forRoot({ audience: 'orders', … }).",
    );
  }
  if (keys === undefined && secrets === undefined) {
    throw new TypeError(
      "AuthModule: neither `keys` nor `secrets` is given. Give the location of the issuer's keys: forRoot({ keys: { jwksUri: 'https://auth.example/.well-known/jwks.json' }, … }).",
    );
  }
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** The options that only the verifier uses. */
function settingsOf(options: AuthModuleOptions): Omit<TokenVerifierOptions, 'issuers'> {
  const settings: Record<string, unknown> = { ...options };
  for (const name of NOT_OF_THE_VERIFIER) delete settings[name];
  return settings;
}

const NOT_OF_THE_VERIFIER = [
  'contexts',
  'credentials',
  'follow',
  'issuers',
  'issuer',
  'audience',
  'tokenTypes',
  'claims',
  'keys',
  'secrets',
  'algorithms',
] as const;
