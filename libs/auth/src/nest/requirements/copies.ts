/** The version of this library, as in its package.json. */
const VERSION = '0.1.0';

/** A list of all copies of this library in the process, with their locations and versions. */
const COPIES = Symbol.for('watchword:copies');

const registry = globalThis as typeof globalThis & { [COPIES]?: Map<string, string> };
const copies = (registry[COPIES] ??= new Map<string, string>());

/** @internal Called when a decorator or the module of this copy is used. */
export function registerCopy(): void {
  copies.set(import.meta.url, VERSION);
}

/**
 * @internal Two copies in one process have two guards and two sets of classes. Which of them would protect a handler is not
 * defined, so the application must not start.
 *
 * @throws Error that names all copies
 */
export function refuseOtherCopies(): void {
  registerCopy();
  if (copies.size === 1) return;
  const places = [...copies].map(([place, version]) => `${version} at ${place}`).join(', ');
  throw new Error(
    `@watchword/auth is installed more than once: ${places}. Their guards and decorators do not work together. ` +
      'Use one copy in all packages of the application: `npm ls @watchword/auth` lists them, `npm dedupe` can unite them.',
  );
}
