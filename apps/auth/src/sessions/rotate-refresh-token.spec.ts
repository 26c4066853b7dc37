import { ManualClock } from '@watchword/auth/testing';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq, sql } from 'drizzle-orm';
import {
  AUTH_DATABASE,
  addAccount,
  DAY,
  makeIssuer,
  payloadOf,
  randomKeys,
  type TestIssuer,
} from '../../test/issuer.js';
import { randomBytes } from 'node:crypto';
import * as schema from '../database/schema/index.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';

const CLIENT = 'watchword';
const REFUSED = { kind: 'invalid', code: 'invalid_grant' };

async function logIn(issuer: TestIssuer) {
  const account = await addAccount(issuer.db, issuer.clock);
  const { refresh_token: refreshToken = '', access_token: accessToken } = await issuer.logIn(account);
  return { account, refreshToken, sid: String(payloadOf(accessToken)['sid']) };
}

const refresh = async (issuer: TestIssuer, token: string) =>
  (await issuer.rotate.run(token, CLIENT)).refresh_token ?? '';

/** The security events that deny a sid. */
async function eventsOf(issuer: TestIssuer, sid: string) {
  return issuer.db.select().from(schema.securityEvents).where(eq(schema.securityEvents.value, sid));
}

describeOnEachDatabase('rotating a refresh token', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  const make = (timing?: Parameters<typeof makeIssuer>[1]) => makeIssuer(database(), timing);

  it('gives a new refresh token and an access token of the same session', async () => {
    const issuer = make();
    const { account, refreshToken, sid } = await logIn(issuer);
    const response = await issuer.rotate.run(refreshToken, CLIENT);
    expect(response.refresh_token).not.toBe(refreshToken);
    expect(payloadOf(response.access_token)).toMatchObject({
      sub: account,
      sid,
      client_id: CLIENT,
      roles: ['customer'],
      scope: 'inventory:read inventory:reserve orders:read orders:write',
    });
  });

  it('gives the same successor to a repeat within the grace', async () => {
    const issuer = make();
    const { refreshToken } = await logIn(issuer);
    const successor = await refresh(issuer, refreshToken);
    issuer.clock.advance(9);
    expect(await refresh(issuer, refreshToken)).toBe(successor);
    expect(await refresh(issuer, successor)).not.toBe(successor);
  });

  it('ends the grace as soon as the successor was used', async () => {
    const issuer = make();
    const { refreshToken, sid } = await logIn(issuer);
    const newest = await refresh(issuer, await refresh(issuer, refreshToken));
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(issuer, newest)).rejects.toMatchObject(REFUSED);
    expect(await eventsOf(issuer, sid)).toHaveLength(1);
  });

  it('revokes the session when a token comes again after the grace', async () => {
    const issuer = make();
    const { refreshToken, sid } = await logIn(issuer);
    const successor = await refresh(issuer, refreshToken);
    issuer.clock.advance(10);
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(issuer, successor)).rejects.toMatchObject(REFUSED);
    const [event] = await eventsOf(issuer, sid);
    expect(event).toMatchObject({ type: 'session-revoked', value: sid });
    expect(event?.expiresAt.getTime()).toBeGreaterThan(issuer.clock.now() + 290_000);
  });

  it('knows a genuine token of long ago, and revokes its session', async () => {
    const issuer = make();
    const { refreshToken, sid } = await logIn(issuer);
    let newest = refreshToken;
    for (let use = 0; use < 5; use += 1) newest = await refresh(issuer, newest);
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(issuer, newest)).rejects.toMatchObject(REFUSED);
    expect(await eventsOf(issuer, sid)).toHaveLength(1);
  });

  it('lets nobody revoke a session with a token that was made up', async () => {
    const issuer = make();
    const { refreshToken, sid } = await logIn(issuer);
    const bytes = Buffer.from(refreshToken, 'base64url');
    bytes.fill(7, 16);
    await expect(refresh(issuer, bytes.toString('base64url'))).rejects.toMatchObject(REFUSED);
    await expect(refresh(issuer, 'nonsense')).rejects.toMatchObject(REFUSED);
    expect(await eventsOf(issuer, sid)).toHaveLength(0);
    await expect(refresh(issuer, refreshToken)).resolves.toEqual(expect.any(String));
  });

  it('revokes the session when another client presents its token', async () => {
    const issuer = make();
    const { refreshToken, sid } = await logIn(issuer);
    await expect(issuer.rotate.run(refreshToken, 'thief')).rejects.toMatchObject(REFUSED);
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
    expect(await eventsOf(issuer, sid)).toHaveLength(1);
  });

  it('narrows the scope when asked to, and rotates nothing when it cannot', async () => {
    const issuer = make();
    const { refreshToken } = await logIn(issuer);
    await expect(issuer.rotate.run(refreshToken, CLIENT, { scopes: ['catalog:write'] })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'invalid_scope',
    });
    const response = await issuer.rotate.run(refreshToken, CLIENT, { scopes: ['orders:read'] });
    expect(response.scope).toBe('orders:read');
    expect(payloadOf(response.access_token)).toMatchObject({ scope: 'orders:read' });
  });

  it('gives a token for the services or for the issuer alone, as asked, with the time of the login', async () => {
    const issuer = make();
    const { refreshToken } = await logIn(issuer);
    const authTime = Math.floor(issuer.clock.now() / 1000);
    issuer.clock.advance(3600);
    const forIssuer = await issuer.rotate.run(refreshToken, CLIENT, { resource: 'auth' });
    expect(payloadOf(forIssuer.access_token)).toMatchObject({ aud: ['auth'], auth_time: authTime });
    const repeated = await issuer.rotate.run(refreshToken, CLIENT);
    expect(payloadOf(repeated.access_token)).toMatchObject({ aud: ['catalog', 'orders'], auth_time: authTime });
    expect(repeated.refresh_token).toBe(forIssuer.refresh_token);
  });

  it('refuses a session that was idle for too long', async () => {
    const issuer = make();
    const { refreshToken } = await logIn(issuer);
    issuer.clock.advance(7 * DAY);
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('refuses a session that is too old, however often it was used', async () => {
    const issuer = make();
    let { refreshToken } = await logIn(issuer);
    for (let day = 0; day < 29; day += 6) {
      refreshToken = await refresh(issuer, refreshToken);
      issuer.clock.advance(6 * DAY);
    }
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('refuses a disabled account', async () => {
    const issuer = make();
    const { account, refreshToken } = await logIn(issuer);
    await issuer.db.update(schema.accounts).set({ disabledAt: new Date() }).where(eq(schema.accounts.id, account));
    await expect(refresh(issuer, refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('goes on when the key-encryption key was changed, also for a repeat', async () => {
    const clock = new ManualClock();
    const before = randomKeys();
    const { refreshToken } = await logIn(make({ clock, keys: before }));
    const successor = await refresh(make({ clock, keys: before }), refreshToken);
    const changed = makeIssuer(database(), {
      clock,
      keys: new KeyEncryptionKeys([{ version: 2, secret: randomBytes(32) }, before.current]),
    });
    expect(await refresh(changed, refreshToken)).toBe(successor);
    expect(await refresh(changed, successor)).not.toBe(successor);
  });

  it('gives fifty parallel requests, to two instances, one and the same successor', async () => {
    const clock = new ManualClock();
    const keys = randomKeys();
    const instances = [make({ clock, keys }), make({ clock, keys })] as const;
    const { refreshToken } = await logIn(instances[0]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refresh(instances[index % 2 === 0 ? 0 : 1], refreshToken)),
    );
    expect(new Set(answers).size).toBe(1);
    await expect(refresh(instances[1], answers[0] ?? '')).resolves.toEqual(expect.any(String));
  });

  it('without grace lets exactly one of fifty parallel requests through, and leaves no live branch', async () => {
    const clock = new ManualClock();
    const keys = randomKeys();
    const timing = { grace: 0 };
    const instances = [make({ clock, keys, timing }), make({ clock, keys, timing })] as const;
    const { refreshToken, sid } = await logIn(instances[0]);
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => refresh(instances[index % 2 === 0 ? 0 : 1], refreshToken)),
    );
    const winners = answers.filter((answer) => answer.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await expect(refresh(instances[0], winners[0]?.value ?? '')).rejects.toMatchObject(REFUSED);
    expect(await eventsOf(instances[0], sid)).toHaveLength(1);
  });

  it('never says with a new sid what was true before the roles were changed', async () => {
    const issuer = make({ timing: { grace: 300_000 } });
    const { account, refreshToken, sid } = await logIn(issuer);
    const change = issuer.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from accounts where id = ${account} for update`);
      await tx.insert(schema.accountRoles).values({ accountId: account, role: 'catalog-manager' });
      await issuer.renew.ofAccount(tx, account);
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => issuer.rotate.run(refreshToken, CLIENT)));
    await change;
    for (const { access_token } of answers) {
      const claims = payloadOf(access_token);
      const roles = claims['sid'] === sid ? ['customer'] : ['catalog-manager', 'customer'];
      expect(claims['roles']).toEqual(roles);
    }
  });

  it('keeps no refresh token in the database', async () => {
    const issuer = make();
    const { refreshToken } = await logIn(issuer);
    const successor = await refresh(issuer, refreshToken);
    const { rows } = await issuer.db.execute<{ row: string }>(sql`select sessions::text as row from sessions`);
    const dump = rows.map(({ row }) => row).join('\n');
    for (const token of [refreshToken, successor]) {
      const secret = Buffer.from(token, 'base64url').subarray(16, 48);
      expect(dump).not.toContain(token);
      expect(dump).not.toContain(secret.toString('hex'));
    }
  });
});
