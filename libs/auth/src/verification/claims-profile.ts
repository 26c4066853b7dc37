import { AuthError } from './auth-error.js';

/** Returns what is wrong with the value of a claim; undefined if it is valid. */
export type ClaimValidator = (value: unknown) => string | undefined;

export interface ClaimsProfileOptions {
  readonly required: readonly string[];
  /** By claim name. A claim that is present is validated whether it is required or not. */
  readonly validators: Readonly<Record<string, ClaimValidator>>;
}

/** Which claims a token must have, and which values each may have. */
export class ClaimsProfile {
  readonly #claims: readonly { name: string; required: boolean; validate: ClaimValidator }[];

  /** @throws TypeError if a required claim has no validator: a required claim must also be checked. */
  constructor({ required, validators }: ClaimsProfileOptions) {
    for (const name of required) {
      if (!Object.hasOwn(validators, name)) throw new TypeError(`The required claim "${name}" has no validator`);
    }
    this.#claims = Object.entries(validators).map(([name, validate]) => ({
      name,
      required: required.includes(name),
      validate,
    }));
  }

  /** @throws AuthError `claim_missing` or `claim_invalid`, naming the claim. */
  check(claims: Readonly<Record<string, unknown>>): void {
    for (const { name, required, validate } of this.#claims) {
      const value = claims[name];
      if (value === undefined) {
        if (required) throw new AuthError('claim_missing', { claim: name });
        continue;
      }
      const reason = validate(value);
      if (reason !== undefined) throw new AuthError('claim_invalid', { claim: name, reason });
    }
  }
}
