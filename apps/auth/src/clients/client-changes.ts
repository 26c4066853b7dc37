import type { Clock } from '@watchword/auth';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import { newId } from '../database/new-id.js';
import type { AuditActor, AuditEntry, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { CLIENT_CACHE_MS, type ClientDirectory } from './client-directory.js';
import type { ClientStore } from './client-store.js';
import { type Client, sidsOf } from './client.js';

/** Milliseconds in which another instance may yet issue a token to a withdrawn credential: CLIENT_CACHE_MS, a slow answer. */
const LATE_TOKEN_MS = 60_000;

/** Who changes a client, and how the audit log names it. */
export interface ClientChange {
  readonly actor: AuditActor;
  readonly action: string;
  readonly detail?: AuditEntry['detail'];
}

/**
 * Writes clients. A change, its entry in the audit log and the revocation of whatever it takes away are one transaction.
 *
 * Each credential of a client is a session. One that is gone is revoked; where the client as a whole may do less than
 * before, all are, and those that stay go on under a new `sid`.
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

  /** @returns false when there is a client of that id, which is left as it is */
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
   * @param apply makes the new state from the old; the very same object means that there is nothing to change
   * @returns the client as it is now, or undefined when there is none
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
   * Until when tokens are denied that the client obtains for others: those belong to the others' sessions. Another instance knows the
   * client as it was for a moment yet, and `iat` counts whole seconds.
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

/** Roles don't count: they go into tokens of other sessions, those of the people for whom the client exchanges. */
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
