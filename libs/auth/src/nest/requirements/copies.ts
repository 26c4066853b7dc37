/** Of this library, as in its package.json. */
const VERSION = '0.1.0';

/** One list for the process, which every copy of this library finds: the place of each, and its version. */
const COPIES = Symbol.for('watchword:copies');

const registry = globalThis as typeof globalThis & { [COPIES]?: Map<string, string> };
const copies = (registry[COPIES] ??= new Map<string, string>());

/** @internal A decorator of this copy is used, or its module. */
export function registerCopy(): void {
  copies.set(import.meta.url, VERSION);
}

/**
 * @internal Two copies in one process have two guards and two sets of classes, and which of them protects a handler is
 * left to chance.
 *
 * @throws Error that names each of them
 */
export function refuseOtherCopies(): void {
  registerCopy();
  if (copies.size === 1) return;
  const places = [...copies].map(([place, version]) => `${version} at ${place}`).join(', ');
  throw new Error(
    `@watchword/auth is installed more than once: ${places}. Their guards and decorators do not know each other. ` +
      'Let all packages of the application use one: `npm ls @watchword/auth` shows who brings it, `npm dedupe` unites them.',
  );
}
