import { AuthError } from './auth-error.js';
import { actor, audience, nonEmptyString, nonEmptyStrings, scope, seconds } from './claim-validators.js';
import { ClaimsProfile } from './claims-profile.js';
import { deepFreeze } from './cache/frozen.js';
import { EVERYTHING, type Grantings } from './issuer-grants.js';
import { SharedSets } from './cache/shared-sets.js';
import type { ClaimMapping } from './trusted-issuer.js';
import type { Actor, VerifiedToken } from './verified-token.js';

type Claims = Readonly<Record<string, unknown>>;

/** The required claims of an access token (RFC 9068 §2.2). */
const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id'];
const VALIDATORS = {
  iss: nonEmptyString,
  sub: nonEmptyString,
  aud: audience,
  exp: seconds,
  iat: seconds,
  nbf: seconds,
  jti: nonEmptyString,
  client_id: nonEmptyString,
  sid: nonEmptyString,
  scope,
  roles: nonEmptyStrings,
  auth_time: seconds,
  acr: nonEmptyString,
  amr: nonEmptyStrings,
  act: actor,
};

/** Which claim each function of a mapping replaces. */
const MAPPED = { audience: 'aud', clientId: 'client_id', tokenId: 'jti', scopes: 'scope', roles: 'roles' } as const;

/** Turns the payload of a token whose signature is good into a {@link VerifiedToken}. */
export class AccessTokenProfile {
  readonly #profile: ClaimsProfile;
  readonly #sets = new SharedSets();

  constructor(
    private readonly audiences: ReadonlySet<string>,
    private readonly grantings: Grantings,
    private readonly mapping: ClaimMapping = {},
  ) {
    const names = Object.keys(MAPPED) as (keyof typeof MAPPED)[];
    const mapped = names.filter((name) => mapping[name] !== undefined).map((name): string => MAPPED[name]);
    this.#profile = new ClaimsProfile({
      required: REQUIRED.filter((claim) => !mapped.includes(claim)),
      validators: Object.fromEntries(Object.entries(VALIDATORS).filter(([claim]) => !mapped.includes(claim))),
    });
  }

  /** @throws AuthError `claim_missing`, `claim_invalid`, `audience_mismatch` or `type_not_allowed` */
  read(claims: Claims, keyId: string): VerifiedToken {
    this.#profile.check(claims);
    if (this.#isOfAnotherKind(claims)) throw new AuthError('type_not_allowed');
    const audience = this.#audience(claims);
    if (!audience.some((name) => this.audiences.has(name))) throw new AuthError('audience_mismatch', { claim: 'aud' });
    return Object.freeze<VerifiedToken>({
      issuer: claims.iss as string,
      subject: claims.sub as string,
      audience: Object.freeze(audience),
      expiresAt: claims.exp as number,
      issuedAt: claims.iat as number,
      tokenId: this.#text('tokenId', claims),
      clientId: this.#text('clientId', claims),
      sessionId: claims.sid as string | undefined,
      keyId,
      scopes: this.#scopes(claims),
      roles: this.#sets.ofList(this.grantings.roles(this.#list('roles', claims) ?? [])),
      actor: claims.act === undefined ? undefined : toActor(claims.act as ActClaim),
      claims: deepFreeze(claims),
    });
  }

  #isOfAnotherKind(claims: Claims): boolean {
    return this.mapping.isAccessToken !== undefined && this.#mapped('isAccessToken', claims) !== true;
  }

  #audience(claims: Claims): string[] {
    if (this.mapping.audience === undefined) return [claims.aud as string | string[]].flat();
    const audience = this.#list('audience', claims) ?? [];
    if (audience.length === 0) throw new AuthError('claim_missing', { claim: 'aud' });
    return [...audience];
  }

  #scopes(claims: Claims): ReadonlySet<string> {
    const { scopes: granted } = this.grantings;
    if (this.mapping.scopes !== undefined) return this.#sets.ofList(granted(this.#list('scopes', claims) ?? []));
    const claimed = this.#sets.ofScope((claims.scope as string | undefined) ?? '');
    return granted === EVERYTHING ? claimed : this.#sets.ofList(granted([...claimed]));
  }

  #list(name: 'audience' | 'scopes' | 'roles', claims: Claims): readonly string[] | undefined {
    if (this.mapping[name] === undefined) return claims[MAPPED[name]] as string[] | undefined;
    const value = this.#mapped(name, claims);
    if (value !== undefined) refuse(MAPPED[name], nonEmptyStrings(value));
    return value as readonly string[] | undefined;
  }

  #text(name: 'clientId' | 'tokenId', claims: Claims): string {
    if (this.mapping[name] === undefined) return claims[MAPPED[name]] as string;
    const value = this.#mapped(name, claims);
    if (value === undefined) throw new AuthError('claim_missing', { claim: MAPPED[name] });
    refuse(MAPPED[name], nonEmptyString(value));
    return value as string;
  }

  /** The claims are untrusted input: when a mapping throws, the token is refused. */
  #mapped(name: keyof ClaimMapping, claims: Claims): unknown {
    try {
      return this.mapping[name]?.(claims);
    } catch (cause) {
      throw new AuthError('claim_invalid', { reason: `the issuer's mapping of ${name} failed`, cause });
    }
  }
}

interface ActClaim {
  readonly sub: string;
  readonly act?: ActClaim;
}

function toActor({ sub, act }: ActClaim): Actor {
  return Object.freeze(act === undefined ? { subject: sub } : { subject: sub, actor: toActor(act) });
}

function refuse(claim: string, reason: string | undefined): void {
  if (reason !== undefined) throw new AuthError('claim_invalid', { claim, reason });
}
