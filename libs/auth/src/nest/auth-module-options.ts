import type { CustomContextAdapter } from './contexts/context-adapter.js';
import type { FindCredentials } from './contexts/request-credentials.js';
import { RevocationFollower, type FollowOptions } from '../revocation/index.js';
import type { RevocationCheck, TokenVerifierOptions, TrustedIssuer } from '../verification/index.js';

/** One trusted issuer, or several. */
type Trust = TrustedIssuer | { readonly issuers: readonly [TrustedIssuer, ...TrustedIssuer[]] };

/** What `AuthModule` needs: whose tokens it takes, for which audience, and how strictly time is read. */
export type AuthModuleOptions = Trust &
  Omit<TokenVerifierOptions, 'issuers'> & {
    /** Follow what your own issuer revokes, so that a logout counts here within a second. Without it a token counts until it ends. */
    readonly follow?: FollowOptions | undefined;
    /**
     * Finds further tokens of a request, beside its Authorization header. Two credentials are refused, from whatever places they come. A
     * cookie is sent by the browser for every page that asks: refuse foreign origins yourself (a strict `SameSite`, a check of `Origin`).
     *
     * @example
     * credentials: (context) => (context.getType() === 'http' ? sessionCookies(context.switchToHttp().getRequest()) : [])
     */
    readonly credentials?: FindCredentials | undefined;
    /** Adapters for contexts that this library does not know. */
    readonly contexts?: readonly CustomContextAdapter[] | undefined;
  };

/**
 * The verifier's options out of the module's.
 *
 * @throws TypeError, naming the fix, when issuer, audience or keys were left out (by JavaScript, or an empty setting).
 */
export function verifierOptions(options: AuthModuleOptions): TokenVerifierOptions {
  const issuers = issuersOf(options);
  for (const issuer of issuers) checkIssuer(issuer);
  return { ...settingsOf(options), issuers };
}

/** The follower of the own issuer's revocations; null where none is asked for. */
export function followerOf(options: AuthModuleOptions): RevocationFollower | null {
  const [own] = issuersOf(options);
  return options.follow === undefined ? null : new RevocationFollower(own.issuer, options.follow, options.clock);
}

/** What the follower denies, and what the application denies by itself. */
export function withFollower(options: TokenVerifierOptions, follower: RevocationFollower | null): TokenVerifierOptions {
  const { revocations } = options;
  if (follower === null) return options;
  const both: RevocationCheck = {
    isRevoked: (token) => follower.isRevoked(token) || revocations?.isRevoked(token) === true,
  };
  return { ...options, revocations: revocations === undefined ? follower : both };
}

function issuersOf(options: AuthModuleOptions): readonly [TrustedIssuer, ...TrustedIssuer[]] {
  if (!('issuers' in options)) return [options];
  if (!Array.isArray(options.issuers) || options.issuers.length === 0) {
    throw new TypeError(
      'AuthModule: `issuers` is empty, so no token could ever be accepted. Name at least one issuer.',
    );
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
      "AuthModule: `audience` is missing. Name this service as tokens do in `aud`: forRoot({ audience: 'orders', … }).",
    );
  }
  if (keys === undefined && secrets === undefined) {
    throw new TypeError(
      "AuthModule: neither `keys` nor `secrets` is given. Say where the issuer's keys are: forRoot({ keys: { jwksUri: 'https://auth.example/.well-known/jwks.json' }, … }).",
    );
  }
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** What is the verifier's own. */
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
