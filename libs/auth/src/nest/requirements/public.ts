import { declare } from './requirements.js';

/** How a public handler treats a token that comes along. */
export interface PublicOptions {
  /**
   * `never`, the default: it is neither verified nor carried on. `optional`: the caller is known if there is a good token, nobody is if
   * there is none, and a bad one is refused.
   */
  readonly verify?: 'optional' | 'never';
}

/**
 * Opens a handler, or all handlers of a controller, to everybody: the one way out of default deny.
 * Classes that extend a public controller are not public.
 *
 * @example
 * class Products {
 *   @Get()
 *   @Public({ verify: 'optional' })
 *   list(@CurrentUser() user: VerifiedToken | undefined) {
 *     return user === undefined ? this.prices() : this.pricesFor(user.subject);
 *   }
 * }
 */
export function Public({ verify = 'never' }: PublicOptions = {}): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => Object.assign(declaration, { isPublic: true, verify }));
}
