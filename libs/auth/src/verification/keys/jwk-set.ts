import type { AsymmetricAlgorithm } from '../trusted-issuer.js';
import { hasPrivateMember, isRecord, materialOf, readPublicJwk, UnsoundJwkError } from './public-jwk.js';
import { isSameAlgorithm } from './signature-algorithms.js';
import type { VerificationKey } from './verification-key.js';

const MAX_KEYS = 100;

/** Why a JWK Set is refused. */
export class JwkSetError extends TypeError {
  override readonly name = 'JwkSetError';
}

/** The keys of a JWK Set that may verify, and why others may not. */
export interface JwkSet {
  /** By kid. */
  readonly keys: ReadonlyMap<string, VerificationKey>;
  /** For each key that is not sound, its place in the set and the reason. It quotes nothing of the key. */
  readonly unsound: readonly string[];
}

/**
 * The verification keys of a JWK Set (RFC 7517 §5) for these algorithms.
 *
 * A key that is not sound is left out and told; the others count. So one bad key neither stops the service from verifying
 * nor keeps a key in use that the issuer has taken out. A key that is sound but for something else (encryption, another
 * algorithm, no kid) is left out without a word.
 *
 * @throws JwkSetError for what is not a list of 100 keys at most
 */
export function readJwkSet(set: { readonly keys?: unknown }, algorithms: readonly AsymmetricAlgorithm[]): JwkSet {
  if (!Array.isArray(set.keys)) throw new JwkSetError('no list of keys');
  if (set.keys.length > MAX_KEYS) throw new JwkSetError(`more than ${MAX_KEYS} keys`);
  const leaked = new Set(set.keys.filter(isRecord).filter(hasPrivateMember).map(materialOf));
  const reader = new KeysByName();
  for (const [place, jwk] of (set.keys as unknown[]).entries()) {
    const keyId = isRecord(jwk) ? jwk.kid : undefined;
    try {
      const key = readPublicJwk(jwk, algorithms);
      if (key === undefined) continue;
      if (leaked.has(key.material)) throw new UnsoundJwkError('its private half is in this set too');
      reader.add({ place, keyId: key.keyId, key });
    } catch (error) {
      if (!(error instanceof UnsoundJwkError)) throw error;
      reader.unsound.push(`key ${place}: ${error.message}`);
      if (typeof keyId === 'string') reader.add({ place, keyId, key: undefined });
    }
  }
  return { keys: reader.keys(), unsound: reader.unsound };
}

/** A key of the set; `key` is undefined for one that was left out. */
interface NamedKey {
  readonly place: number;
  readonly keyId: string;
  readonly key: VerificationKey | undefined;
}

/** A kid names one key. Where two different ones have it, nobody can tell which is meant, so neither is used. */
class KeysByName {
  readonly unsound: string[] = [];
  private readonly named = new Map<string, NamedKey>();

  add(added: NamedKey): void {
    const known = this.named.get(added.keyId);
    if (known === undefined) {
      this.named.set(added.keyId, added);
    } else if (known.key !== undefined && added.key !== undefined && isSameKey(known.key, added.key)) {
      this.unsound.push(`key ${added.place}: the same key once more`);
    } else {
      this.named.set(added.keyId, { ...known, key: undefined });
      for (const { place, key } of [known, added]) {
        if (key !== undefined) this.unsound.push(`key ${place}: a kid that another key has, too`);
      }
    }
  }

  keys(): ReadonlyMap<string, VerificationKey> {
    return new Map([...this.named].flatMap(([keyId, { key }]) => (key === undefined ? [] : [[keyId, key]])));
  }
}

/** Whether what the one verifies is what the other verifies, so that one may stand for the other. */
export function isSameKey(one: VerificationKey, other: VerificationKey): boolean {
  return one.material === other.material && isSameAlgorithm(one.algorithm, other.algorithm);
}
