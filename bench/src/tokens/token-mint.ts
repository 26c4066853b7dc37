import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';

export const AUDIENCE = 'catalog';

/** The issuer of every token here; Keycloak's adapter builds its issuer from a server and a realm, hence the path. */
export const ISSUER = 'http://127.0.0.1:8080/realms/bench';

/** Watchword's own access tokens, or Keycloak's: nest-keycloak-connect verifies RS256 with `typ: Bearer` alone. */
export type TokenKind = 'watchword' | 'keycloak';

/** Key pairs as JWKs, so that they can cross to the processes that mint. */
export interface MintKeys {
  readonly watchword: JWK;
  readonly keycloak: JWK;
}

export async function generateKeys(): Promise<MintKeys> {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return { watchword: await named(ec, 'ES256'), keycloak: await named(rsa, 'RS256') };
}

async function named(key: KeyObject, alg: string): Promise<JWK> {
  const jwk = key.export({ format: 'jwk' }) as JWK;
  return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

/** The public halves, as an issuer publishes them. */
export function publicKeySet(keys: MintKeys): { keys: JWK[] } {
  return {
    keys: [keys.watchword, keys.keycloak].map((jwk) => ({
      ...(publicKey(jwk).export({ format: 'jwk' }) as JWK),
      alg: jwk.alg!,
      use: 'sig',
      kid: jwk.kid!,
    })),
  };
}

export function publicKey(jwk: JWK): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

const HEADERS = { watchword: { alg: 'ES256', typ: 'at+jwt' }, keycloak: { alg: 'RS256', typ: 'JWT' } } as const;

/** Signs tokens that differ in subject, session, `jti` and so in every byte of their signature. */
export class TokenMint {
  readonly #key: KeyObject;
  readonly #head: string;

  constructor(
    keys: MintKeys,
    private readonly kind: TokenKind,
  ) {
    const jwk = keys[kind];
    this.#key = createPrivateKey({ key: jwk, format: 'jwk' });
    this.#head = base64url({ ...HEADERS[kind], kid: jwk.kid });
  }

  mint(count: number, audience = AUDIENCE): string[] {
    return Array.from({ length: count }, () => this.#one(audience));
  }

  #one(audience: string): string {
    const signed = `${this.#head}.${base64url({ ...claims(audience), ...(this.kind === 'keycloak' && KEYCLOAK) })}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

const KEYCLOAK = { typ: 'Bearer', azp: 'watchword' };

/** The claims of docs/architecture.md's access token, an hour long so that no run outlives them. */
function claims(audience: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: ISSUER,
    sub: randomUUID(),
    aud: [audience, 'orders'],
    exp: now + 3600,
    iat: now,
    jti: randomUUID(),
    client_id: 'watchword',
    sid: randomUUID(),
    scope: 'orders:read orders:write inventory:read inventory:reserve',
    roles: ['customer'],
    auth_time: now,
  };
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
