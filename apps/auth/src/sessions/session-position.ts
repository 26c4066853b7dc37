import { isUuid } from '../database/is-uuid.js';

/** The end of a page in a list of sessions, which is ordered by last use, most recent first. */
export interface SessionPosition {
  /** ISO 8601 with milliseconds. */
  readonly lastUsedAt: string;
  readonly sid: string;
}

/** The position as text for the query of a URL. */
export function sessionPosition({ lastUsedAt, sid }: SessionPosition): string {
  return `${Date.parse(lastUsedAt)}.${sid}`;
}

/** @returns undefined if {@link sessionPosition} did not create this text */
export function parseSessionPosition(text: string): SessionPosition | undefined {
  const [milliseconds = '', sid = '', ...rest] = text.split('.');
  if (!/^\d{1,14}$/.test(milliseconds) || !isUuid(sid) || rest.length > 0) return undefined;
  return { lastUsedAt: new Date(Number(milliseconds)).toISOString(), sid };
}
