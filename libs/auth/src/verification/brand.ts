type Class = abstract new (...args: never[]) => object;

/**
 * @internal Makes `instanceof` check a symbol that every installed copy of this library sets, instead of the class. So an
 * error of one copy is also an instance of the same class in another copy. Subclasses of the branded class are not affected.
 */
export function brand(type: Class, name: string): void {
  const mark = Symbol.for(name);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as Class, value);
      return typeof value === 'object' && value !== null && mark in value;
    },
  });
}
