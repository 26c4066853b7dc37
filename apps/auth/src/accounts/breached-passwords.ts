import { dictionary } from '@zxcvbn-ts/language-common';

/** Knows passwords that were published in data breaches. Attackers try these first, even if they are long. */
export interface BreachedPasswords {
  /** Never rejects: if it cannot be checked now, a password counts as not breached. */
  has(password: string): Promise<boolean>;
}

/** The list in the package zxcvbn: about 49,000 of the most common breached passwords, in lower case. */
export class BreachedPasswordList implements BreachedPasswords {
  private readonly list = new Set(dictionary['passwords-common']);

  /** Ignores case, because attackers also try other cases. */
  has(password: string): Promise<boolean> {
    return Promise.resolve(this.list.has(password.toLowerCase()));
  }
}

/** Asks several sources one after another, until one knows the password. */
export class BreachedPasswordSources implements BreachedPasswords {
  constructor(private readonly sources: readonly BreachedPasswords[]) {}

  async has(password: string): Promise<boolean> {
    for (const source of this.sources) if (await source.has(password)) return true;
    return false;
  }
}
