import { dictionary } from '@zxcvbn-ts/language-common';

/** Knows passwords that came to light in breaches of others: attackers try these first, however long they are. */
export interface BreachedPasswords {
  /** Never rejects: what can't be told now counts as not breached. */
  has(password: string): Promise<boolean>;
}

/** The list that ships with zxcvbn: some 49,000 of the passwords that breaches have most often, in lower case. */
export class BreachedPasswordList implements BreachedPasswords {
  private readonly list = new Set(dictionary['passwords-common']);

  /** However its letters are cased: an attacker tries the other ways, too. */
  has(password: string): Promise<boolean> {
    return Promise.resolve(this.list.has(password.toLowerCase()));
  }
}

/** One after another; the first that knows it decides. */
export class BreachedPasswordSources implements BreachedPasswords {
  constructor(private readonly sources: readonly BreachedPasswords[]) {}

  async has(password: string): Promise<boolean> {
    for (const source of this.sources) if (await source.has(password)) return true;
    return false;
  }
}
