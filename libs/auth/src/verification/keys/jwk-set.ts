import type { AsymmetricAlgorithm } from '../trusted-issuer.js';
import { hasPrivateMember, isRecord, materialOf, readPublicJwk, UnsoundJwkError } from './public-jwk.js';
import { isSameAlgorithm } from './signature-algorithms.js';
import type { VerificationKey } from './verification-key.js';

const MAX_KEYS = 100;

/** Why a JWK Set is refused. */
export class JwkSetError extends TypeError {
  override readonly name = 'JwkSetError';
}

/** The usable keys of a JWK Set, and why other keys are not used. */
export interface JwkSet {
  /** By kid. */
  readonly keys: ReadonlyMap<string, VerificationKey>;
  /** For each invalid key, its index in the set and the reason. The text quotes no part of the key. */
  readonly unsound: readonly string[];
}

/**
 * The verification keys of a JWK Set (RFC 7517 §5) for these algorithms.
 *
 * An invalid key is skipped and reported in `unsound`; the other keys are used. So one invalid key neither stops the service
 * from verifying tokens nor keeps a key in use that the issuer has removed. A valid key for another purpose (encryption,
 * another algorithm, no kid) is skipped silently.
 *
 * @throws JwkSetError unless `keys` is a list of at most 100 keys
 */
export function readJwkSet(set: { readonly keys?: unknown }, algorithms: readonly AsymmetricAlgorithm[]): JwkSet {
  if (!Array.isArray(set.keys)) throw new JwkSetError('`keys` is not a list');
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

/** A key of the set; `key` is undefined if the key is invalid. */
interface NamedKey {
  readonly place: number;
  readonly keyId: string;
  readonly key: VerificationKey | undefined;
}

/** A kid identifies one key. If two different keys have the same kid, neither is used, because it is ambiguous. */
class KeysByName {
  readonly unsound: string[] = [];
  private readonly named = new Map<string, NamedKey>();

  add(added: NamedKey): void {
    const known = this.named.get(added.keyId);
    if (known === undefined) {
      this.named.set(added.keyId, added);
    } else if (known.key !== undefined && added.key !== undefined && isSameKey(known.key, added.key)) {
      this.unsound.push(`key ${added.place}: the same key twice`);
    } else {
      this.named.set(added.keyId, { ...known, key: undefined });
      for (const { place, key } of [known, added]) {
        if (key !== undefined) this.unsound.push(`key ${place}: another key has the same kid`);
      }
    }
  }

  keys(): ReadonlyMap<string, VerificationKey> {
    return new Map([...this.named].flatMap(([keyId, { key }]) => (key === undefined ? [] : [[keyId, key]])));
  }
}

/** Whether both keys verify the same signatures, so that either can be used. */
export function isSameKey(one: VerificationKey, other: VerificationKey): boolean {
  return one.material === other.material && isSameAlgorithm(one.algorithm, other.algorithm);
}
