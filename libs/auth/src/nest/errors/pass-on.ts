/**
 * Which refusals of a called service reach this service's own caller, with code and detail: by status, those with one of the codes
 * listed, or `'all'`.
 *
 * @example
 * const passOn = { 409: ['insufficient_stock'], 404: 'all' };
 */
export type PassOn = Readonly<Record<number, 'all' | readonly string[]>>;

/** Whether the program lets this refusal through. */
export function passesOn(passOn: PassOn | undefined, status: number, code: string | undefined): boolean {
  const codes = passOn !== undefined && Object.hasOwn(passOn, status) ? passOn[status] : undefined;
  return codes === 'all' || (codes !== undefined && code !== undefined && codes.includes(code));
}

/** @throws TypeError for a status that is not a refusal which can be chosen, or for codes that are not a list of names */
export function checkPassOn(client: string, passOn: PassOn = {}): void {
  for (const [status, codes] of Object.entries(passOn)) {
    if (!/^4\d\d$/.test(status) || status === '401' || status === '403') {
      throw new TypeError(
        `AuthClientsModule: \`passOn\` of the client ${client} has the status ${status}. It takes 400 to 499; 401 and 403 pass by themselves, with their code alone.`,
      );
    }
    if (codes !== 'all' && !(Array.isArray(codes) && codes.every((code) => typeof code === 'string'))) {
      throw new TypeError(
        `AuthClientsModule: \`passOn\` of the client ${client} needs a list of codes for ${status}, or 'all'.`,
      );
    }
  }
}
