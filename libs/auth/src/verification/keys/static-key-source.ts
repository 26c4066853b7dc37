import { AuthError } from '../auth-error.js';
import type { KeySource, KeySourceStatus } from './key-source.js';
import type { VerificationKey } from './verification-key.js';

/** Keys that are known at startup: a static JWK Set, or shared secrets. */
export class StaticKeySource implements KeySource {
  readonly #keys: Map<string, VerificationKey>;

  constructor(
    readonly issuer: string,
    keys: Iterable<VerificationKey>,
  ) {
    this.#keys = new Map([...keys].map((key) => [key.keyId, key]));
    for (const key of this.#keys.values()) key.trustUntil(Number.POSITIVE_INFINITY);
  }

  find(keyId: string): VerificationKey {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new AuthError('key_unknown');
    return key;
  }

  isFlood(): boolean {
    return false;
  }

  async start(): Promise<void> {}

  stop(): void {}

  async refresh(): Promise<void> {}

  revoke(keyId: string): void {
    this.#keys.get(keyId)?.distrust();
    this.#keys.delete(keyId);
  }

  status(): KeySourceStatus {
    const ready = this.#keys.size > 0;
    return {
      issuer: this.issuer,
      ready,
      reason: ready ? undefined : 'every key was revoked',
      keyIds: [...this.#keys.keys()],
      leftOut: [],
      ageSeconds: undefined,
      lastError: undefined,
    };
  }
}
