import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';
import type { PasswordStrength } from './password-policy.js';

/** On a scale of 0 to 4. 3 means more than 10⁸ guesses, which argon2id makes expensive. */
const GOOD_ENOUGH = 3;
/**
 * The estimate takes more than linear time, seconds for some inputs of 128 characters, and blocks the event loop. So only the first
 * and the last characters are estimated. A password is at least as strong as the stronger of the two parts.
 */
const WINDOW = 24;
const LONGEST_CONTEXT_WORD = 64;

/** Estimates with zxcvbn: common passwords, words, names, dates, keyboard patterns, repetitions, and their variations. */
export class ZxcvbnStrength implements PasswordStrength {
  private readonly zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common, ...english },
    graphs: adjacencyGraphs,
    translations,
    l33tMaxSubstitutions: 10,
  });

  weaknessOf(password: string, context: readonly string[]): string | undefined {
    const words = context.map((word) => word.slice(0, LONGEST_CONTEXT_WORD));
    const ends = new Set([password.slice(0, WINDOW), password.slice(-WINDOW)]);
    const results = [...ends].map((end) => this.zxcvbn.check(end, words));
    if (results.some(({ score }) => score >= GOOD_ENOUGH)) return undefined;
    const { warning, suggestions } = results[0]?.feedback ?? {};
    return [warning, ...(suggestions ?? [])].filter(Boolean).join(' ') || 'It is easy to guess.';
  }
}
