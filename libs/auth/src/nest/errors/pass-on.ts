/**
 * Which refusals of a called service are passed on to this service's own caller, with code and message: for each status a list of
 * codes, or `'all'`.
 *
 * @example
 * ```ts
 * import type { PassOn } from '@watchword/auth/clients';
 *
 * export const passOn: PassOn = { 409: ['insufficient_stock'], 404: 'all' };
 * ```
 */
export type PassOn = Readonly<Record<number, 'all' | readonly string[]>>;

/** Whether this refusal is passed on. */
export function passesOn(passOn: PassOn | undefined, status: number, code: string | undefined): boolean {
  const codes = passOn !== undefined && Object.hasOwn(passOn, status) ? passOn[status] : undefined;
  return codes === 'all' || (codes !== undefined && code !== undefined && codes.includes(code));
}

/** @throws TypeError for a status outside of 400 to 499, for 401 and 403, and for codes that are not a list of names */
export function checkPassOn(client: string, passOn: PassOn = {}): void {
  for (const [status, codes] of Object.entries(passOn)) {
    if (!/^4\d\d$/.test(status) || status === '401' || status === '403') {
      throw new TypeError(
        `AuthClientsModule: \`passOn\` of the client ${client} has the status ${status}. Use 400 to 499, without 401 and 403: their code is always passed on.`,
      );
    }
    if (codes !== 'all' && !(Array.isArray(codes) && codes.every((code) => typeof code === 'string'))) {
      throw new TypeError(
        `AuthClientsModule: \`passOn\` of the client ${client} needs a list of codes for ${status}, or 'all'.`,
      );
    }
  }
}
