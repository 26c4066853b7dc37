import { hash, type Options, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { FairQueue, type FairQueueOptions } from './fair-queue.js';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default), m=19 MiB, t=2, p=1. 8.7 ms of CPU. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes and checks passwords, in a queue that is bounded: hashing is made to be expensive, and a flood of logins must
 * leave room for everything else.
 */
export class PasswordHasher {
  private readonly queue: FairQueue;
  /** What an unknown account's password is compared with, so that the answer takes as long. */
  private readonly decoy: Promise<string>;

  /** @param options each that runs takes a core and a place in the thread pool */
  constructor(options: FairQueueOptions) {
    this.queue = new FairQueue(options);
    this.decoy = hash(randomBytes(32), PARAMETERS);
    this.decoy.catch(() => undefined);
  }

  /**
   * @param network of the one who asks; networks share the queue
   * @returns argon2id in PHC string format
   * @throws Refusal `overloaded` when too many wait already
   */
  hash(password: string, network: string): Promise<string> {
    return this.queue.run(network, () => hash(normalise(password), PARAMETERS));
  }

  /**
   * Without a stored hash it does the same work and answers false.
   *
   * @param network of the one who asks; networks share the queue
   * @throws Refusal `overloaded` when too many wait already
   */
  async verify(stored: string | undefined, password: string, network: string): Promise<boolean> {
    const against = stored ?? (await this.decoy);
    const matches = await this.queue.run(network, () => verify(against, normalise(password)));
    return matches && stored !== undefined;
  }
}

/** One password, however a keyboard composes its characters (NIST SP 800-63B §3.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
