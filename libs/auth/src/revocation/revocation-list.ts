import type { Clock, VerifiedToken } from '../verification/index.js';
import { DeniedNames, type SavedNames } from './denied-names.js';
import type { RevocationEvent } from './revocation-event.js';

const KINDS = ['sessions', 'tokens', 'subjects', 'keys'] as const;

/** A list as it is kept in a file. */
export type SavedRevocations = Readonly<Record<(typeof KINDS)[number], SavedNames>> & {
  readonly clients: readonly (readonly [clientId: string, denied: DeniedClient])[];
};

/** A client whose tokens are denied that were issued before a time; both in seconds since the epoch. */
interface DeniedClient {
  readonly issuedBefore: number;
  /** After that none of them is valid any more. */
  readonly end: number;
}

/** What one issuer has revoked and could still be presented. Exact: a token is denied if, and only if, an event names it. */
export class RevocationList {
  private readonly sessions = new DeniedNames();
  private readonly tokens = new DeniedNames();
  private readonly subjects = new DeniedNames();
  private readonly keys = new DeniedNames();
  /** By `client_id`. There are few clients, and fewer that are disabled. */
  private readonly clients = new Map<string, DeniedClient>();

  constructor(private readonly clock: Clock) {}

  /** How many names are denied. */
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

  /** Of what a client obtained for others. Its own tokens are of sessions of its own, which are revoked by name. */
  private isOfRevokedClient({ subject, clientId, issuedAt }: VerifiedToken): boolean {
    if (this.clients.size === 0 || subject === clientId) return false;
    return issuedAt < (this.clients.get(clientId)?.issuedBefore ?? 0);
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
      clients: [...this.clients].filter(([, { end }]) => end > now),
    };
  }

  /** Adds what was saved. */
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

/** Whether it is what {@link RevocationList.save} made, as far as its form can tell. */
export function isSavedRevocations(value: unknown): value is SavedRevocations {
  const saved = (value ?? {}) as Partial<SavedRevocations>;
  return Array.isArray(saved.clients) && KINDS.every((kind) => isSavedNames(saved[kind]));
}

function isSavedNames(names: Partial<SavedNames> | undefined): boolean {
  return typeof names?.words === 'string' && typeof names.ends === 'string';
}
