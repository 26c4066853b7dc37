import type { Clock, VerifiedToken } from '../verification/index.js';
import { DeniedNames, type SavedNames } from './denied-names.js';
import type { RevocationEvent } from './revocation-event.js';

const KINDS = ['sessions', 'tokens', 'subjects', 'keys'] as const;

/** A list in the form in which it is saved to a file. */
export type SavedRevocations = Readonly<Record<(typeof KINDS)[number], SavedNames>> & {
  readonly clients: readonly (readonly [clientId: string, denied: DeniedClient])[];
};

/** A client whose tokens are denied if they were issued before a time. Times are in seconds since the epoch. */
interface DeniedClient {
  readonly issuedBefore: number;
  /** By then all of them have expired. */
  readonly end: number;
}

/** The revocations of one issuer that can still matter. Exact: a token is denied if and only if an event names it. */
export class RevocationList {
  private readonly sessions = new DeniedNames();
  private readonly tokens = new DeniedNames();
  private readonly subjects = new DeniedNames();
  private readonly keys = new DeniedNames();
  /** By `client_id`. There are few clients, so a Map is small enough. */
  private readonly clients = new Map<string, DeniedClient>();

  constructor(private readonly clock: Clock) {}

  /** The number of denied names. */
  get size(): number {
    return this.sessions.size + this.tokens.size + this.subjects.size + this.keys.size + this.clients.size;
  }

  add({ type, value, expiresAt, issuedBefore }: RevocationEvent): void {
    const now = this.clock.now() / 1000;
    if (type === 'client-revoked' && issuedBefore !== undefined)
      this.addClient(value, { issuedBefore, end: expiresAt }, now);
    this.namesOf(type)?.add(value, expiresAt, now);
  }

  isRevoked(token: VerifiedToken): boolean {
    const { sessionId, tokenId, subject, keyId } = token;
    return (
      this.isOfRevokedClient(token) ||
      (sessionId !== undefined && this.sessions.has(sessionId)) ||
      this.tokens.has(tokenId) ||
      this.subjects.has(subject) ||
      this.keys.has(keyId)
    );
  }

  /** Whether a disabled client obtained the token for somebody else. The client's own tokens belong to sessions, which are revoked by `sid`. */
  private isOfRevokedClient({ subject, clientId, issuedAt }: VerifiedToken): boolean {
    if (this.clients.size === 0 || subject === clientId) return false;
    return issuedAt < (this.clients.get(clientId)?.issuedBefore ?? 0);
  }

  /** The form for a file. */
  save(): SavedRevocations {
    const now = this.clock.now() / 1000;
    const { sessions, tokens, subjects, keys } = this;
    return {
      sessions: sessions.save(now),
      tokens: tokens.save(now),
      subjects: subjects.save(now),
      keys: keys.save(now),
      clients: [...this.clients].filter(([, { end }]) => end > now),
    };
  }

  /** Adds a saved list. */
  restore(saved: SavedRevocations): void {
    const now = this.clock.now() / 1000;
    for (const kind of KINDS) this[kind].restore(saved[kind], now);
    for (const [clientId, denied] of saved.clients) this.addClient(clientId, denied, now);
  }

  private addClient(clientId: string, denied: DeniedClient, now: number): void {
    for (const [id, { end }] of this.clients) if (end <= now) this.clients.delete(id);
    const known = this.clients.get(clientId)?.issuedBefore ?? 0;
    if (denied.end > now && denied.issuedBefore > known) this.clients.set(clientId, denied);
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

/** Whether a value has the form that {@link RevocationList.save} returns. */
export function isSavedRevocations(value: unknown): value is SavedRevocations {
  const saved = (value ?? {}) as Partial<SavedRevocations>;
  return Array.isArray(saved.clients) && KINDS.every((kind) => isSavedNames(saved[kind]));
}

function isSavedNames(names: Partial<SavedNames> | undefined): boolean {
  return typeof names?.words === 'string' && typeof names.ends === 'string';
}
