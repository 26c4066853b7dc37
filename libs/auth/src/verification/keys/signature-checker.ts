import { type KeyObject, type SigningOptions, verify } from 'node:crypto';
import { availableParallelism } from 'node:os';

/** Milliseconds that signatures may take in one turn of the event loop before the others go to the pool: four of ES256. */
const IN_PLACE = 0.25;
/** After so many milliseconds without a result, the pool counts as busy with other work: 50 signatures of ES256. */
const STUCK = 5;

/** A key as node:crypto takes it. */
export type SignatureKey = SigningOptions & { readonly key: KeyObject };

/**
 * Decides where signatures are verified: synchronously while there are few, in libuv's thread pool while there are many.
 *
 * Synchronously, a signature costs less (ES256: 72 µs instead of 92) and does not wait for other work in the pool: eight
 * password hashes made a token wait for 302 ms. The pool keeps the event loop free, which is better once there are enough
 * signatures to use a second core. On one core the pool brings nothing. ADR 15 in `docs/adr` has the measurements.
 */
export class SignatureChecker {
  /** Milliseconds spent in this turn of the event loop. */
  #spent = 0;
  #isTurnBegun = false;
  #inPool = 0;
  /** When the pool last gave a result, or got work while it was empty. */
  #movedAt = 0;

  /** @param cores the number of CPU cores that this process may use */
  constructor(private readonly cores = availableParallelism()) {}

  /** @throws Error of node:crypto, synchronously or by rejection */
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

/** Shared by the whole process, because libuv has one thread pool per process. */
export const signatureChecker = new SignatureChecker();
