type Class = abstract new (...args: never[]) => object;

/**
 * @internal Makes `instanceof` ask for a mark that every copy of this library writes, in place of the class. Where two
 * copies meet, the errors of one are then errors of the other. For classes that extend the branded one nothing changes.
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
