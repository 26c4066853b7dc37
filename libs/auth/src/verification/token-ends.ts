import { setAlarm } from './alarm.js';
import { AuthError } from './auth-error.js';
import type { Clock } from './clock.js';
import { whenRevocationsChange } from './revocation-changes.js';
import type { RevocationCheck } from './trusted-issuer.js';
import type { VerifiedToken } from './verified-token.js';

/** Called once, with `token_expired`, `token_revoked` or `key_unknown`. */
export type EndListener = (error: AuthError) => void;

/** Tells when tokens end that are in use for longer than one check: by open connections and streams. */
export class TokenEnds {
  readonly #watched = new Set<WatchedToken>();
  #stopListening: (() => void) | undefined;
  #isSweepDue = false;

  /** @param tolerance in seconds */
  constructor(
    private readonly clock: Clock,
    private readonly tolerance: number,
    private readonly revocations: RevocationCheck | undefined,
  ) {}

  /** @returns stops watching. If the token has ended already, `listener` is called before this returns. */
  watch(verified: VerifiedToken, listener: EndListener): () => void {
    const until = (verified.expiresAt + this.tolerance) * 1000;
    if (!(this.clock.now() < until)) return tell(listener, expired());
    if (this.#isRevoked(verified)) return tell(listener, new AuthError('token_revoked'));
    const watched: WatchedToken = {
      verified,
      listener,
      cancelAlarm: setAlarm(this.clock, until, () => this.#end(watched, expired())),
    };
    this.#watched.add(watched);
    this.#listen();
    return () => this.#forget(watched);
  }

  /** Ends the tokens that this key has verified. */
  endKey(issuer: string, keyId: string): void {
    for (const watched of this.#watched) {
      const { verified } = watched;
      if (verified.issuer === issuer && verified.keyId === keyId) this.#end(watched, new AuthError('key_unknown'));
    }
  }

  #listen(): void {
    if (this.revocations === undefined) return;
    this.#stopListening ??= whenRevocationsChange(this.revocations, () => this.#changed());
  }

  /** Many changes that come together are one sweep. */
  #changed(): void {
    if (this.#isSweepDue) return;
    this.#isSweepDue = true;
    setImmediate(() => {
      this.#isSweepDue = false;
      for (const watched of this.#watched) {
        if (this.#isRevoked(watched.verified)) this.#end(watched, new AuthError('token_revoked'));
      }
    });
  }

  /** A list that is not known at the moment has revoked nothing: who uses the token is refused, and it may be good again. */
  #isRevoked(verified: VerifiedToken): boolean {
    try {
      return this.revocations?.isRevoked(verified) === true;
    } catch (error) {
      if (error instanceof AuthError) return false;
      throw error;
    }
  }

  #end(watched: WatchedToken, error: AuthError): void {
    this.#forget(watched);
    watched.listener(error);
  }

  #forget(watched: WatchedToken): void {
    watched.cancelAlarm();
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}

interface WatchedToken {
  readonly verified: VerifiedToken;
  readonly listener: EndListener;
  readonly cancelAlarm: () => void;
}

function tell(listener: EndListener, error: AuthError): () => void {
  listener(error);
  return () => undefined;
}

function expired(): AuthError {
  return new AuthError('token_expired', { claim: 'exp' });
}
