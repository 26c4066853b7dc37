import { FrozenSet } from '../../../../libs/auth/src/verification/cache/frozen.js';
import type { SharedSets as MeasuredSharedSets } from '../../../../libs/auth/src/verification/cache/shared-sets.js';

/** A set for each token. */
export class SharedSets implements Pick<MeasuredSharedSets, 'ofScope' | 'ofList'> {
  ofScope(scope: string): ReadonlySet<string> {
    return new FrozenSet(scope === '' ? [] : scope.split(' '));
  }

  ofList(names: readonly string[]): ReadonlySet<string> {
    return new FrozenSet(names);
  }
}
