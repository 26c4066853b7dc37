import type { ArgumentsHost } from '@nestjs/common';

/**
 * Messages that were refused and given back to their transport. By the arguments of their handler: the guard and the filter
 * get contexts of their own around the same ones.
 */
const handedBack = new WeakSet<object>();

/** @internal */
export function markHandedBack(context: ArgumentsHost): void {
  const message = messageIn(context);
  if (message !== undefined) handedBack.add(message);
}

/** @internal Whether nobody waits for an answer to it, and its transport must not hear of an error. */
export function wasHandedBack(context: ArgumentsHost): boolean {
  const message = messageIn(context);
  return message !== undefined && handedBack.has(message);
}

function messageIn(context: ArgumentsHost): object | undefined {
  const message: unknown = context.getArgByIndex(1);
  return typeof message === 'object' && message !== null ? message : undefined;
}
