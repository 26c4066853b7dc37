import { AuthError } from '../../../verification/index.js';

/**
 * The authorization values among a message's headers, whatever case their names are written in: a second value in another
 * case is a second value, and two are refused. Own members alone: what a prototype holds did not come with the message.
 *
 * @throws AuthError `credentials_malformed` for a value that is not text
 */
export function authorizationAmong(headers: object): readonly string[] {
  const values: string[] = [];
  for (const name of Object.keys(headers)) {
    if (!isAuthorization(name)) continue;
    const held = (headers as Readonly<Record<string, unknown>>)[name];
    for (const value of Array.isArray(held) ? (held as readonly unknown[]) : [held]) values.push(asText(value));
  }
  return values;
}

export function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization';
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new AuthError('credentials_malformed', { reason: 'the authorization header of the message is not text' });
}
