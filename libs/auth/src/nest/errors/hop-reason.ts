import type { HopException } from './hop-exception.js';

const MAX_CAUSES = 5;
const MAX_LENGTH = 300;

/** For the log: what the caller was told, and why, cause by cause. Another service's own words are cut to a line's length. */
export function hopReason(error: HopException): string {
  const reasons: string[] = [error.message];
  for (let at: unknown = error.cause; at !== undefined && reasons.length <= MAX_CAUSES; at = causeOf(at)) {
    reasons.push(inOneLine(at));
  }
  return reasons.join(': ');
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function inOneLine(cause: unknown): string {
  const { message, code } = (cause ?? {}) as { readonly message?: unknown; readonly code?: unknown };
  const text = [cause, message, code].find((part): part is string => typeof part === 'string' && part !== '');
  return (text ?? 'no reason given').replace(/\s+/g, ' ').slice(0, MAX_LENGTH);
}
