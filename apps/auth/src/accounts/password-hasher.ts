import { hash, type Options, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { overloaded } from './overloaded.js';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default), m=19 MiB, t=2, p=1. 8.7 ms of CPU. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface PasswordHasherOptions {
  /** How many run at once. Each takes a core and a place in the thread pool. */
  readonly concurrency: number;
  /** How many may wait. One more is refused. */
  readonly queueLimit: number;
}

/**
 * Hashes and checks passwords, in a queue that is bounded: hashing is made to be expensive, and a flood of logins must
 * leave room for everything else.
 */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** What an unknown account's password is compared with, so that the answer takes as long. */
  private readonly decoy: Promise<string>;

  constructor(private readonly options: PasswordHasherOptions) {
    this.decoy = hash(randomBytes(32), PARAMETERS);
    this.decoy.catch(() => undefined);
  }

  /**
   * @returns argon2id in PHC string format
   * @throws ProblemError `overloaded` when too many wait already
   */
  hash(password: string): Promise<string> {
    return this.enqueue(() => hash(normalise(password), PARAMETERS));
  }

  /**
   * Without a stored hash it does the same work and answers false.
   *
   * @throws ProblemError `overloaded` when too many wait already
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const against = stored ?? (await this.decoy);
    const matches = await this.enqueue(() => verify(against, normalise(password)));
    return matches && stored !== undefined;
  }

  private async enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.options.concurrency) this.running += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Resolves when a place was handed over. */
  private turn(): Promise<void> {
    if (this.waiting.length >= this.options.queueLimit) {
      throw overloaded();
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** One password, however a keyboard composes its characters (NIST SP 800-63B §3.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
