import { declare } from './requirements.js';

/** A scope-token of RFC 6749 §3.3, so that it can stand in a challenge as it is. */
const SCOPE = /^[\u0021\u0023-\u005b\u005d-\u007e]+$/;

/**
 * Lets in callers whose token has all of these scopes.
 *
 * @throws TypeError when no scope is named, or one is not a scope of RFC 6749 §3.3 (`orders:write`).
 */
export function Scopes(scope: string, ...others: readonly string[]): ClassDecorator & MethodDecorator {
  const allOf = [scope, ...others];
  if (allOf.some((name: unknown) => typeof name !== 'string' || !SCOPE.test(name))) {
    throw new TypeError(
      "@Scopes() takes one or more scopes, each an argument of its own, as in @Scopes('orders:read', 'orders:write').",
    );
  }
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => declaration.scopes.push(...allOf));
}
