import { hash, type Options, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { FairQueue, type FairQueueOptions } from './fair-queue.js';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default), m=19 MiB, t=2, p=1. 8.7 ms of CPU. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes and checks passwords, with a bounded queue: hashing is expensive by design, and a flood of logins must not block
 * everything else.
 */
export class PasswordHasher {
  private readonly queue: FairQueue;
  /** The hash to compare with if the account does not exist, so that the response takes the same time. */
  private readonly decoy: Promise<string>;

  /** @param options each running hash uses a CPU core and a thread of the pool */
  constructor(options: FairQueueOptions) {
    this.queue = new FairQueue(options);
    this.decoy = hash(randomBytes(32), PARAMETERS);
    this.decoy.catch(() => undefined);
  }

  /**
   * @param network of the caller; the queue is shared fairly between networks
   * @returns the argon2id hash in PHC string format
   * @throws Refusal `overloaded` if too many are waiting
   */
  hash(password: string, network: string): Promise<string> {
    return this.queue.run(network, () => hash(normalise(password), PARAMETERS));
  }

  /**
   * Without a stored hash it does the same work and returns false.
   *
   * @param network of the caller; the queue is shared fairly between networks
   * @throws Refusal `overloaded` if too many are waiting
   */
  async verify(stored: string | undefined, password: string, network: string): Promise<boolean> {
    const against = stored ?? (await this.decoy);
    const matches = await this.queue.run(network, () => verify(against, normalise(password)));
    return matches && stored !== undefined;
  }
}

/** The same password can be typed with different Unicode sequences, so it is normalized (NIST SP 800-63B §3.1.1.2). */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
