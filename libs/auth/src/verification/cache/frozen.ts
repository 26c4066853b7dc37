/** Freezes a JSON value to its leaves. It is shared by all requests with the same token. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/** A set that refuses change at run time too: Object.freeze does not reach a Set's entries. */
export class FrozenSet<T> extends Set<T> {
  constructor(items: readonly T[]) {
    super(); // without items: it would add them by the method below
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
