import { isUuid } from '../database/is-uuid.js';

/** Where in a list of sessions, the last used first, a page ends. */
export interface SessionPosition {
  /** ISO 8601, to the millisecond. */
  readonly lastUsedAt: string;
  readonly sid: string;
}

/** One word for a URL's query. */
export function sessionPosition({ lastUsedAt, sid }: SessionPosition): string {
  return `${Date.parse(lastUsedAt)}.${sid}`;
}

/** @returns undefined for what {@link sessionPosition} did not write */
export function parseSessionPosition(text: string): SessionPosition | undefined {
  const [milliseconds = '', sid = '', ...rest] = text.split('.');
  if (!/^\d{1,14}$/.test(milliseconds) || !isUuid(sid) || rest.length > 0) return undefined;
  return { lastUsedAt: new Date(Number(milliseconds)).toISOString(), sid };
}
