import { FrozenSet } from './frozen.js';

/** Most tokens differ only in subject and times, and share their scopes and roles. Beyond this number the cache is cleared. */
const MAX_SETS = 1000;
/** In characters. A longer list is probably of one token only, and is not shared. */
const MAX_SHARED_LENGTH = 1024;

/**
 * Sets of scopes and roles, shared by all tokens with the same ones.
 *
 * Verified tokens are cached, so sharing saves memory and garbage collection.
 */
export class SharedSets {
  readonly #byScope = new Map<string, ReadonlySet<string>>();
  readonly #byList = new Map<string, ReadonlySet<string>>();

  /** @param scope space-delimited (RFC 6749 §3.3), or empty */
  ofScope(scope: string): ReadonlySet<string> {
    return shared(this.#byScope, scope, () => (scope === '' ? [] : scope.split(' ')));
  }

  ofList(names: readonly string[]): ReadonlySet<string> {
    return shared(this.#byList, JSON.stringify(names), () => names);
  }
}

function shared(
  sets: Map<string, ReadonlySet<string>>,
  key: string,
  names: () => readonly string[],
): ReadonlySet<string> {
  const known = sets.get(key);
  if (known !== undefined) return known;
  const made = new FrozenSet(names());
  if (key.length > MAX_SHARED_LENGTH) return made;
  if (sets.size >= MAX_SETS) sets.clear();
  sets.set(key, made);
  return made;
}
