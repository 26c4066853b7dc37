import { Refusal } from '@watchword/platform';
import type { BreachedPasswords } from './breached-passwords.js';

const LONGEST = 128;
/** Letters and digits that are nobody's name. */
const LEAST_OF_ITS_OWN = 4;

/** What a password is chosen for: words of it make bad passwords. */
export interface PasswordContext {
  readonly email: string;
  readonly name?: string | undefined;
}

/** Judges how soon a password would be guessed. */
export interface PasswordStrength {
  /**
   * @param context words that an attacker would try first
   * @returns what is wrong with it, for the person who chooses, or undefined when it is good enough
   */
  weaknessOf(password: string, context: readonly string[]): string | undefined;
}

/**
 * Decides whether a password may be chosen (NIST SP 800-63B §3.1.1.2): its length, and that it isn't among what is tried
 * first: what is easy to guess, and what came to light elsewhere. No rules of composition: they make passwords worse.
 */
export class PasswordPolicy {
  /** @param shortest characters; where the password is the only factor, 15 (NIST SP 800-63B-4 §3.1.1.2) */
  constructor(
    private readonly strength: PasswordStrength,
    private readonly breached: BreachedPasswords,
    private readonly shortest: number,
  ) {}

  /**
   * @param field where it was given, for the error
   * @throws Refusal `password_rejected` by rejection, saying why, for the person who chooses
   */
  async check(password: string, context: PasswordContext, field = 'password'): Promise<void> {
    const normalised = password.normalize('NFKC');
    const length = Array.from(normalised).length;
    if (length < this.shortest) throw rejected(field, `It must have at least ${String(this.shortest)} characters.`);
    if (length > LONGEST) throw rejected(field, `It must have at most ${String(LONGEST)} characters.`);
    const words = contextWords(context);
    if (isMadeOf(words, normalised)) throw rejected(field, 'It is made of your name, your address or ours.');
    const weakness = this.strength.weaknessOf(normalised, words);
    if (weakness !== undefined) throw rejected(field, weakness);
    // Last, so that only what may be chosen otherwise is looked up elsewhere.
    if (await this.breached.has(normalised)) throw rejected(field, 'It is among passwords that were stolen elsewhere.');
  }
}

function contextWords({ email, name = '' }: PasswordContext): string[] {
  const words = `${email} ${name}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return [...new Set(['watchword', email.toLowerCase(), name.toLowerCase(), ...words])].filter(
    (word) => word.length > 2,
  );
}

/** Whether hardly anything is left of it without these words. */
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
