import { declare } from './requirements.js';

/** A scope-token of RFC 6749 §3.3: it can be put into a challenge unchanged. */
const SCOPE = /^[\u0021\u0023-\u005b\u005d-\u007e]+$/;

/**
 * Allows callers whose token has all of these scopes.
 *
 * @throws TypeError if no scope is given, or one is not a scope-token of RFC 6749 §3.3 (`orders:write`)
 *
 * @example
 * ```ts
 * import { Controller, Post } from '@nestjs/common';
 * import { Scopes } from '@watchword/auth';
 *
 * @Controller('parcels')
 * export class ParcelsController {
 *   @Post()
 *   @Scopes('parcels:read', 'parcels:write') // all of these
 *   send() {
 *     return { sent: true };
 *   }
 * }
 * ```
 */
export function Scopes(scope: string, ...others: readonly string[]): ClassDecorator & MethodDecorator {
  const allOf = [scope, ...others];
  if (allOf.some((name: unknown) => typeof name !== 'string' || !SCOPE.test(name))) {
    throw new TypeError(
      "@Scopes() needs one or more scopes, each as a separate argument, as in @Scopes('orders:read', 'orders:write').",
    );
  }
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => declaration.scopes.push(...allOf));
}
