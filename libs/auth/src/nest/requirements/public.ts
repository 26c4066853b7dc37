import { declare } from './requirements.js';

/**
 * Opens a handler, or all handlers of a controller, to everybody: the one way out of default deny.
 * A token that comes along is neither verified nor carried on. Classes that extend a public controller are not public.
 */
export function Public(): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol) =>
    declare(target, key, (declaration) => (declaration.isPublic = true));
}
