import { Refusal } from '@watchword/platform';
import type { BreachedPasswords } from './breached-passwords.js';

const LONGEST = 128;
/** The minimum number of letters and digits that are not from the name or the address. */
const LEAST_OF_ITS_OWN = 4;

/** The person and the service of a password. A password must not consist of these words. */
export interface PasswordContext {
  readonly email: string;
  readonly name?: string | undefined;
}

/** Estimates how easy it is to guess a password. */
export interface PasswordStrength {
  /**
   * @param context words that an attacker would try first
   * @returns a message for the person if the password is too weak, otherwise undefined
   */
  weaknessOf(password: string, context: readonly string[]): string | undefined;
}

/**
 * Decides whether a password is allowed (NIST SP 800-63B §3.1.1.2): by its length, its strength, and whether it was published in a
 * data breach. There are no composition rules, because they make passwords worse.
 */
export class PasswordPolicy {
  /** @param shortest the minimum length; 15 if the password is the only factor (NIST SP 800-63B-4 §3.1.1.2) */
  constructor(
    private readonly strength: PasswordStrength,
    private readonly breached: BreachedPasswords,
    private readonly shortest: number,
  ) {}

  /**
   * @param field the field of the request, for the error
   * @throws Refusal `password_rejected` by rejection, with the reason for the person
   */
  async check(password: string, context: PasswordContext, field = 'password'): Promise<void> {
    const normalised = password.normalize('NFKC');
    const length = Array.from(normalised).length;
    if (length < this.shortest) throw rejected(field, `It must have at least ${String(this.shortest)} characters.`);
    if (length > LONGEST) throw rejected(field, `It must have at most ${String(LONGEST)} characters.`);
    const words = contextWords(context);
    if (isMadeOf(words, normalised)) throw rejected(field, 'It consists of your name, your address or ours.');
    const weakness = this.strength.weaknessOf(normalised, words);
    if (weakness !== undefined) throw rejected(field, weakness);
    // Last, so that only passwords that pass the other checks are sent to the service.
    if (await this.breached.has(normalised)) throw rejected(field, 'It was found in a data breach.');
  }
}

function contextWords({ email, name = '' }: PasswordContext): string[] {
  const words = `${email} ${name}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return [...new Set(['watchword', email.toLowerCase(), name.toLowerCase(), ...words])].filter(
    (word) => word.length > 2,
  );
}

/** Whether the password consists almost only of these words. */
function isMadeOf(words: readonly string[], password: string): boolean {
  const lowerCase = password.toLowerCase();
  const rest = words
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(word, ''), lowerCase)
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return rest.length < LEAST_OF_ITS_OWN && words.some((word) => lowerCase.includes(word));
}

function rejected(field: string, message: string): Refusal {
  return new Refusal('unprocessable', 'password_rejected', `This password cannot be used. ${message}`, {
    errors: [{ field, message }],
  });
}
