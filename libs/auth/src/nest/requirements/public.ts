import { declare } from './requirements.js';

/** How a public handler treats a token in the request. */
export interface PublicOptions {
  /**
   * `never`, the default: a token is ignored and not forwarded. `optional`: a valid token identifies the caller, a request without a
   * token has no caller, and an invalid token is refused.
   */
  readonly verify?: 'optional' | 'never';
}

/**
 * Opens a handler, or all handlers of a controller, to everybody. All other handlers require a token.
 * Classes that extend a public controller are not public.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common';
 * import { CurrentUser, Public, type VerifiedToken } from '@watchword/auth';
 *
 * @Controller('products')
 * export class ProductsController {
 *   @Get()
 *   @Public()
 *   list() {
 *     return ['amphora', 'fibula'];
 *   }
 *
 *   @Get('offers')
 *   @Public({ verify: 'optional' })
 *   offers(@CurrentUser() user: VerifiedToken | undefined) {
 *     return user === undefined ? [] : [`an amphora for ${user.subject}`];
 *   }
 * }
 * ```
 */
export function Public({ verify = 'never' }: PublicOptions = {}): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => Object.assign(declaration, { isPublic: true, verify }));
}
