import { type KeyObject, type SigningOptions, verify } from 'node:crypto';
import { availableParallelism } from 'node:os';

/** Milliseconds that signatures may take in one turn of the event loop before the rest goes to the pool: four of ES256. */
const IN_PLACE = 0.25;
/** Milliseconds without a signature from the pool, after which it counts as busy with something else: 50 of ES256. */
const STUCK = 5;

/** What node:crypto takes for a key. */
export type SignatureKey = SigningOptions & { readonly key: KeyObject };

/**
 * Decides where signatures are verified: in place while few are under way, in libuv's thread pool while many are.
 *
 * In place one costs less (ES256: 72 µs in place of 92) and waits for nobody: a password hash holds a thread of the pool for
 * milliseconds, and eight of them made a token wait for 302 ms. In the pool they leave the event loop free, which is worth more once
 * there are enough to fill a second core. On one core the pool gains nothing. `docs/adr` 15 has the figures.
 */
export class SignatureChecker {
  /** Milliseconds of this turn. */
  #spent = 0;
  #isTurnBegun = false;
  #inPool = 0;
  /** When the pool was last seen to move. */
  #movedAt = 0;

  /** @param cores that this process may use */
  constructor(private readonly cores = availableParallelism()) {}

  /** @throws Error of node:crypto, in place or by rejection */
  check(digest: string | null, data: Buffer, key: SignatureKey, signature: Buffer): boolean | Promise<boolean> {
    const now = performance.now();
    if (this.#isForPool(now)) return this.#checkInPool(digest, data, key, signature, now);
    const good = verify(digest, data, key, signature);
    this.#spend(performance.now() - now);
    return good;
  }

  #isForPool(now: number): boolean {
    if (this.cores === 1) return false;
    return this.#inPool === 0 ? this.#spent >= IN_PLACE : now - this.#movedAt < STUCK;
  }

  #spend(milliseconds: number): void {
    this.#spent += milliseconds;
    if (this.#isTurnBegun) return;
    this.#isTurnBegun = true;
    setImmediate(() => {
      this.#isTurnBegun = false;
      this.#spent = 0;
    });
  }

  #checkInPool(digest: string | null, data: Buffer, key: SignatureKey, signature: Buffer, now: number) {
    if (this.#inPool === 0) this.#movedAt = now;
    this.#inPool += 1;
    return new Promise<boolean>((resolve, reject) => {
      verify(digest, data, key, signature, (error, good) => {
        this.#inPool -= 1;
        this.#movedAt = performance.now();
        if (error === null) resolve(good);
        else reject(error);
      });
    });
  }
}

/** One for the process, as there is one pool. */
export const signatureChecker = new SignatureChecker();
