import type { RevocationCheck, VerifiedToken } from '../verification/index.js';

/** The tokens to revoke: those that have all of these. */
export type TestRevocation = Partial<
  Pick<VerifiedToken, 'issuer' | 'subject' | 'sessionId' | 'clientId' | 'tokenId' | 'keyId'>
>;

/** @internal The revocations of a test, and those of the application that is tested. */
export class TestRevocations implements RevocationCheck {
  readonly #revoked: TestRevocation[] = [];
  readonly #listeners = new Set<() => void>();

  isRevoked(token: VerifiedToken): boolean {
    return this.#revoked.some((revoked) =>
      Object.entries(revoked).every(([name, value]) => token[name as keyof TestRevocation] === value),
    );
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  revoke(revoked: TestRevocation): void {
    if (Object.keys(revoked).length === 0) throw new TypeError('Say what to revoke: revoke({ subject }), for example.');
    this.#revoked.push(revoked);
    for (const listener of this.#listeners) listener();
  }
}
