import type { Clock } from '@watchword/auth';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import { newId } from '../database/new-id.js';
import type { AuditActor, AuditEntry, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { CLIENT_CACHE_MS, type ClientDirectory } from './client-directory.js';
import type { ClientStore } from './client-store.js';
import { type Client, sidsOf } from './client.js';

/** In milliseconds: how long another instance may still issue tokens for a withdrawn credential (CLIENT_CACHE_MS and a slow response). */
const LATE_TOKEN_MS = 60_000;

/** Who changes a client, and the action for the audit log. */
export interface ClientChange {
  readonly actor: AuditActor;
  readonly action: string;
  readonly detail?: AuditEntry['detail'];
}

/**
 * Changes clients. A change, its entry in the audit log and the resulting revocations are one transaction.
 *
 * Each credential of a client is a session. The session of a removed credential is revoked. If the client loses permissions, all its
 * sessions are revoked, and the remaining credentials get a new `sid`.
 */
export class ClientChanges {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: ClientStore,
    private readonly directory: ClientDirectory,
    private readonly accessTokens: Pick<AccessTokenIssuer, 'latestExpiry'>,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @returns false, without a change, if there is already a client with that id */
  async add(client: Client, change: ClientChange): Promise<boolean> {
    const added = await this.db.transaction(async (tx) => {
      if (!(await this.store.add(tx, client))) return false;
      await this.record(tx, client.id, change);
      return true;
    });
    this.directory.forget(client.id);
    return added;
  }

  /**
   * @param apply returns the new state; if it returns the same object, nothing is changed
   * @returns the current client, or undefined if there is none
   */
  async update(id: string, change: ClientChange, apply: (client: Client) => Client): Promise<Client | undefined> {
    const after = await this.db.transaction(async (tx) => {
      const before = await this.store.lock(tx, id);
      const wanted = before && apply(before);
      if (before === undefined || wanted === undefined || wanted === before) return before;
      const client = mayDoLess(before, wanted) ? this.withNewSids(wanted) : wanted;
      await this.store.save(tx, client);
      await this.record(tx, id, change);
      await this.revokeLost(tx, before, client);
      return client;
    });
    this.directory.forget(id);
    return after;
  }

  private record(tx: AuthTransaction, id: string, { actor, action, detail }: ClientChange): Promise<void> {
    const entry = { actor, action, target: { type: 'client', id } } as const;
    return this.audit.record(tx, detail === undefined ? entry : { ...entry, detail });
  }

  private async revokeLost(tx: AuthTransaction, before: Client, after: Client): Promise<void> {
    const kept = new Set(sidsOf(after));
    const until = this.accessTokens.latestExpiry() + LATE_TOKEN_MS;
    for (const sid of sidsOf(before)) {
      if (!kept.has(sid)) await this.events.append(tx, { type: 'session-revoked', value: sid }, until);
    }
    if (isDisabled(before, after)) {
      const event = { type: 'client-revoked', value: after.id, issuedBefore: this.issuedBefore() } as const;
      await this.events.append(tx, event, until);
    }
  }

  /**
   * For tokens that the client obtained for other subjects, which belong to other sessions: those issued before this time are denied.
   * It is slightly in the future, because another instance may still have the old client in its cache, and `iat` has whole seconds.
   */
  private issuedBefore(): number {
    return Math.ceil((this.clock.now() + CLIENT_CACHE_MS) / 1000 + 1) * 1000;
  }

  private withNewSids({ secrets, jwks, ...client }: Client): Client {
    const sid = () => newId(this.clock.now());
    return {
      ...client,
      secrets: secrets.map((secret) => ({ ...secret, sid: sid() })),
      jwks: jwks && { ...jwks, sid: sid() },
    };
  }
}

/** Roles do not count: they are only in exchanged tokens, which belong to the sessions of other people. */
function mayDoLess(before: Client, after: Client): boolean {
  const lost = (['grants', 'scopes', 'audiences'] as const).some((kind) => {
    const left = new Set<string>(after[kind]);
    return before[kind].some((entry) => !left.has(entry));
  });
  return isDisabled(before, after) || lost;
}

function isDisabled(before: Client, after: Client): boolean {
  return before.disabledAt === undefined && after.disabledAt !== undefined;
}
