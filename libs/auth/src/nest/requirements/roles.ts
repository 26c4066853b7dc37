import { declare } from './requirements.js';

/**
 * Lets in callers who have at least one of these roles.
 * Repeated, or on a class and on its method, each must be met.
 *
 * @throws TypeError when no role is named: that would let in everybody or nobody, and the reader can't tell which.
 */
export function Roles(role: string, ...others: readonly string[]): ClassDecorator & MethodDecorator {
  const anyOf = [role, ...others];
  if (anyOf.some((name: unknown) => typeof name !== 'string' || name.trim() === '')) {
    throw new TypeError("@Roles() needs at least one role. Name one, as in @Roles('admin'), or use @Public().");
  }
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => declaration.roles.push(new Set(anyOf)));
}
