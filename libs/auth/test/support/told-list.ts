import { AuthError, type RevocationCheck, type VerifiedToken } from '../../src/index.js';

/** A revocation list that tells of its changes. */
export class ToldList implements RevocationCheck {
  readonly sessions = new Set<string>();
  readonly listeners = new Set<() => void>();
  isUnknown = false;

  isRevoked({ sessionId = '' }: VerifiedToken): boolean {
    if (this.isUnknown) throw new AuthError('revocations_unknown');
    return this.sessions.has(sessionId);
  }
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  revoke(sessionId: string): void {
    this.sessions.add(sessionId);
    for (const listener of this.listeners) listener();
  }
}
