import { FrozenSet } from './frozen.js';

/** Most kinds of token differ in nothing but who and when; past this many, the sets are made anew. */
const MAX_SETS = 1000;
/** In characters. A list that is longer is of one token alone, and must not outlive it. */
const MAX_SHARED_LENGTH = 1024;

/**
 * Sets of scopes and roles that many tokens have in common, made once for all of them.
 *
 * Every token that is verified is kept for a while: what it shares with others costs no memory and no collection.
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
