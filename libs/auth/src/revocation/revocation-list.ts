import type { Clock, VerifiedToken } from '../verification/index.js';
import { DeniedNames, type SavedNames } from './denied-names.js';
import type { RevocationEvent } from './revocation-event.js';

const KINDS = ['sessions', 'tokens', 'subjects', 'keys'] as const;

/** A list as it is kept in a file. */
export type SavedRevocations = Readonly<Record<(typeof KINDS)[number], SavedNames>>;

/** What one issuer has revoked and could still be presented. Exact: a token is denied if, and only if, an event names it. */
export class RevocationList {
  private readonly sessions = new DeniedNames();
  private readonly tokens = new DeniedNames();
  private readonly subjects = new DeniedNames();
  private readonly keys = new DeniedNames();

  constructor(private readonly clock: Clock) {}

  /** How many names are denied. */
  get size(): number {
    return this.sessions.size + this.tokens.size + this.subjects.size + this.keys.size;
  }

  add({ type, value, expiresAt }: RevocationEvent): void {
    this.namesOf(type)?.add(value, expiresAt, this.clock.now() / 1000);
  }

  isRevoked({ sessionId, tokenId, subject, keyId }: VerifiedToken): boolean {
    return (
      (sessionId !== undefined && this.sessions.has(sessionId)) ||
      this.tokens.has(tokenId) ||
      this.subjects.has(subject) ||
      this.keys.has(keyId)
    );
  }

  /** For a file. */
  save(): SavedRevocations {
    const now = this.clock.now() / 1000;
    const { sessions, tokens, subjects, keys } = this;
    return {
      sessions: sessions.save(now),
      tokens: tokens.save(now),
      subjects: subjects.save(now),
      keys: keys.save(now),
    };
  }

  /** Adds what was saved. */
  restore(saved: SavedRevocations): void {
    const now = this.clock.now() / 1000;
    for (const kind of KINDS) this[kind].restore(saved[kind], now);
  }

  private namesOf(type: string): DeniedNames | undefined {
    switch (type) {
      case 'session-revoked':
        return this.sessions;
      case 'token-revoked':
        return this.tokens;
      case 'account-deleted':
        return this.subjects;
      case 'key-revoked':
        return this.keys;
      default:
        return undefined;
    }
  }
}

/** Whether it is what {@link RevocationList.save} made, as far as its form can tell. */
export function isSavedRevocations(value: unknown): value is SavedRevocations {
  return KINDS.every((kind) => {
    const names = (value as Partial<Record<string, Partial<SavedNames>>> | null)?.[kind];
    return typeof names?.words === 'string' && typeof names.ends === 'string';
  });
}
