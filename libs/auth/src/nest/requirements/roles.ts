import { declare } from './requirements.js';

/**
 * Allows callers who have at least one of these roles.
 * If it is repeated, or is on a class and its method, the caller must meet each one.
 *
 * @throws TypeError if no role is given: it would be unclear whether everybody or nobody is allowed
 *
 * @example
 * ```ts
 * import { Controller, Delete, Param } from '@nestjs/common';
 * import { Roles } from '@watchword/auth';
 *
 * @Controller('parcels')
 * export class ParcelsController {
 *   @Delete(':id')
 *   @Roles('admin', 'clerk') // one of these
 *   remove(@Param('id') id: string) {
 *     return { removed: id };
 *   }
 * }
 * ```
 */
export function Roles(role: string, ...others: readonly string[]): ClassDecorator & MethodDecorator {
  const anyOf = [role, ...others];
  if (anyOf.some((name: unknown) => typeof name !== 'string' || name.trim() === '')) {
    throw new TypeError("@Roles() needs at least one role. Name one, as in @Roles('admin'), or use @Public().");
  }
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => declaration.roles.push(new Set(anyOf)));
}
