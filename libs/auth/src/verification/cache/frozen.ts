/** Freezes a JSON value and everything in it: all requests with the same token share it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/** A set that is read-only at run time too: Object.freeze does not protect the entries of a Set. */
export class FrozenSet<T> extends Set<T> {
  constructor(items: readonly T[]) {
    super(); // without items: the constructor would add them with the overridden `add`
    for (const item of items) super.add(item);
  }

  override add(): never {
    throw new TypeError('This set is shared and cannot be changed');
  }

  override delete(): never {
    throw new TypeError('This set is shared and cannot be changed');
  }

  override clear(): never {
    throw new TypeError('This set is shared and cannot be changed');
  }
}
