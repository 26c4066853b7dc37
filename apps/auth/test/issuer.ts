import { ManualClock } from '@watchword/auth/testing';
import { eq, sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AuthDatabase } from '../src/database/auth-database.js';
import { DatabaseOutages } from '../src/database/database-outages.js';
import { newId } from '../src/database/new-id.js';
import * as schema from '../src/database/schema/index.js';
import { KeyEncryptionKeys } from '../src/cryptography/key-encryption-keys.js';
import { SharedSecretSigner } from '../src/keys/signing/shared-secret-signer.js';
import { AuditLog } from '../src/security-events/audit-log.js';
import { Refusals } from '../src/security-events/refusals.js';
import { SecurityEventLog } from '../src/security-events/security-event-log.js';
import { EndByRefreshToken } from '../src/sessions/end-by-refresh-token.js';
import { EndSessions } from '../src/sessions/end-sessions.js';
import { ListSessions } from '../src/sessions/list-sessions.js';
import { RefreshTokens } from '../src/sessions/refresh-tokens.js';
import { RenewSessionIds } from '../src/sessions/renew-session-ids.js';
import { RotateRefreshToken } from '../src/sessions/rotate-refresh-token.js';
import { RotationStore } from '../src/sessions/rotation-store.js';
import { SessionTokens } from '../src/sessions/session-grant.js';
import { SessionLifetime } from '../src/sessions/session-lifetime.js';
import { SessionLimit } from '../src/sessions/session-limit.js';
import { SessionStore } from '../src/sessions/session-store.js';
import type { SessionTiming } from '../src/sessions/session-timing.js';
import { type Device, StartSession } from '../src/sessions/start-session.js';
import { AccessTokenIssuer } from '../src/tokens/access-token-issuer.js';

/** For `describeOnEachDatabase`. */
export const AUTH_DATABASE = { schema, migrationsFolder: join(import.meta.dirname, '../src/database/migrations') };

export const DAY = 86_400;

export const SESSION_TIMING: SessionTiming = { idle: 7 * DAY * 1000, absolute: 30 * DAY * 1000, grace: 10_000 };

const TEST_DEVICE: Device = { userAgent: 'jest', ip: '192.0.2.1' };

/** One key-encryption key, with version 1. */
export const randomKeys = () => new KeyEncryptionKeys([{ version: 1, secret: randomBytes(32) }]);

export interface TestIssuerOptions {
  readonly clock?: ManualClock;
  readonly keys?: KeyEncryptionKeys;
  readonly timing?: Partial<SessionTiming>;
  readonly sessionsPerAccount?: number;
}

/** The issuer's session classes as one instance of the app has them, signing with a secret. */
export function makeIssuer(db: AuthDatabase, options: TestIssuerOptions = {}) {
  const { clock = new ManualClock(), keys = randomKeys() } = options;
  const timing = { ...SESSION_TIMING, ...options.timing };
  const events = new SecurityEventLog(clock);
  const audit = new AuditLog(clock);
  const refusals = new Refusals(db, audit);
  const signer = new SharedSecretSigner(randomBytes(32).toString('base64url'));
  const accessTokens = new AccessTokenIssuer(
    { services: signer, issuer: signer },
    { issuer: 'https://auth.example', lifetime: 300 },
    clock,
  );
  const tokens = new SessionTokens(accessTokens, ['catalog', 'orders']);
  const refreshTokens = new RefreshTokens(keys);
  const outages = new DatabaseOutages(db, clock);
  const lifetime = new SessionLifetime(timing, outages, clock);
  const store = new SessionStore();
  const endSessions = new EndSessions(db, store, events, audit, clock);
  const limit = new SessionLimit(endSessions, options.sessionsPerAccount ?? 100, lifetime);
  const start = new StartSession(store, refreshTokens, tokens, limit, timing, clock);
  const rotations = new RotationStore(db);
  return {
    db,
    clock,
    events,
    audit,
    refusals,
    accessTokens,
    refreshTokens,
    endSessions,
    start,
    /** As a login does once the password is known to be right. */
    logIn: (accountId: string, device: Device = TEST_DEVICE) =>
      db.transaction(async (tx) => {
        await tx.select().from(schema.accounts).where(eq(schema.accounts.id, accountId)).for('no key update');
        return start.run(tx, accountId, 'watchword', device);
      }),
    rotate: new RotateRefreshToken(db, store, rotations, refreshTokens, tokens, lifetime, endSessions, outages),
    endByRefreshToken: new EndByRefreshToken(db, store, refreshTokens, endSessions),
    list: new ListSessions(db, store, lifetime),
    renew: new RenewSessionIds(store, events, clock),
  };
}

export type TestIssuer = ReturnType<typeof makeIssuer>;

/** An account with the role customer; its password is nothing. */
export async function addAccount(db: AuthDatabase, clock: ManualClock, roles = ['customer']): Promise<string> {
  const id = newId(clock.now());
  const at = new Date(clock.now());
  await db.insert(schema.accounts).values({
    id,
    email: `${id}@example.com`,
    emailKey: `${id}@example.com`,
    passwordHash: '-',
    passwordChangedAt: at,
    createdAt: at,
  });
  await db.insert(schema.accountRoles).values(roles.map((role) => ({ accountId: id, role })));
  return id;
}

/** Sessions that began now, written in one statement. */
export async function insertSessions(db: AuthDatabase, clock: ManualClock, accountId: string, count: number) {
  const now = sql`${new Date(clock.now()).toISOString()}::timestamptz`;
  await db.execute(sql`
    insert into sessions (id, sid, account_id, client_id, created_at, last_used_at, expires_at, tokens_expire_at, refresh_hash)
    select gen_random_uuid(), gen_random_uuid(), ${accountId}, 'watchword', ${now}, ${now}, ${now} + interval '30 days',
      ${now} + interval '5 minutes', ''
    from generate_series(1, ${count}::int)`);
}

/** The payload of a JWT that nobody checked. */
export function payloadOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
