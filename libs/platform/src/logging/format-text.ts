import { inspect } from 'node:util';
import type { LogEntry } from './log-entry.js';

const NAMES: Record<string, string> = { log: 'info', verbose: 'trace' };

/** Formats an entry for a terminal: one line, and the stack of an error below it. */
export function formatText({ time, level, app, context, requestId, msg, error, stack, ...fields }: LogEntry): string {
  const head = [time.slice(11, 23), (NAMES[level] ?? level).padEnd(5), app.padEnd(9), context && `[${context}]`, msg];
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${show(value)}`);
  const id = requestId === undefined ? [] : [`requestId=${requestId}`];
  const line = [...head, ...rest, ...id].filter(Boolean).join(' ');
  const trace = stackOf(error) ?? (typeof stack === 'string' ? stack : undefined);
  return trace === undefined ? line : `${line}\n${trace}`;
}

/** The stack of an error, followed by the stacks of its causes. */
export function stackOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { stack, cause } = error as { stack?: unknown; cause?: unknown };
  const below = stackOf(cause);
  return typeof stack === 'string' ? [stack, below].filter(Boolean).join('\ncaused by ') : below;
}

const show = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : inspect(value, { breakLength: Infinity, depth: 4 });
