import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { ADMINISTRATOR, makeAccounts, PASSWORD } from '../../test/accounts.js';
import { AUTH_DATABASE, payloadOf } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';

const DEVICE = { userAgent: 'jest', ip: '192.0.2.1' };

describeOnEachDatabase('deleting an account', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  it('ends its sessions, logs them and the account as revoked, and keeps nothing of the person', async () => {
    const app = makeAccounts(database());
    await app.person(['admin']);
    const { id, email } = await app.person();
    const { tokens, deviceToken } = await app.logIn.run({ email, password: PASSWORD }, DEVICE, undefined);
    await app.administer.delete(id, ADMINISTRATOR);

    await expect(app.rotate.run(tokens.refresh_token ?? '', 'watchword')).rejects.toMatchObject({
      code: 'invalid_grant',
    });
    const events = await database().select().from(schema.securityEvents);
    const sid = payloadOf(tokens.access_token)['sid'];
    expect(events.find(({ value }) => value === sid)).toMatchObject({ type: 'session-revoked' });
    const deleted = events.find(({ value }) => value === id);
    expect(deleted).toMatchObject({ type: 'account-deleted' });
    expect(deleted?.expiresAt.getTime()).toBeGreaterThan(Number(payloadOf(tokens.access_token)['exp']) * 1000);
    const entries = await database().select().from(schema.auditLog);
    const about = entries.filter(({ targetId }) => targetId === id);
    expect(about.map(({ action }) => action)).toEqual(['account.create', 'account.login', 'account.delete']);
    expect(JSON.stringify(entries)).not.toContain(email);
    expect(await database().select().from(schema.sessions).where(eq(schema.sessions.accountId, id))).toEqual([]);

    // The address is free, and what the device kept of the old account is worth nothing at the new one.
    app.clock.advance(1);
    const again = await app.register.run({ email, password: PASSWORD }, ['customer'], { type: 'anonymous' });
    expect(again.id).not.toBe(id);
    const next = await app.logIn.run({ email, password: PASSWORD }, DEVICE, deviceToken);
    expect(next.deviceToken).not.toBe(deviceToken);
  });

  it('never takes the last administrator, whatever happens at the same time', async () => {
    const app = makeAccounts(database());
    let left = await database()
      .select({ id: schema.accountRoles.accountId })
      .from(schema.accountRoles)
      .where(eq(schema.accountRoles.role, 'admin'));
    // Once could be luck.
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await app.person(['admin']), await app.person(['admin'])];
      for (const { id } of left) await app.administer.delete(id, ADMINISTRATOR);
      const results = await Promise.allSettled([
        app.administer.delete(one.id, ADMINISTRATOR),
        app.administer.delete(two.id, ADMINISTRATOR),
      ]);
      const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
      expect(refused).toEqual([expect.objectContaining({ kind: 'conflict', code: 'last_administrator' })]);
      left = results[0].status === 'rejected' ? [one] : [two];
    }
  });

  it('lets nobody in who logs in meanwhile', async () => {
    const app = makeAccounts(database());
    await app.person(['admin']);
    const { id, email } = await app.person();
    const logins = Array.from({ length: 6 }, () => app.logIn.run({ email, password: PASSWORD }, DEVICE, undefined));
    const [removed, ...results] = await Promise.allSettled([app.administer.delete(id, ADMINISTRATOR), ...logins]);
    expect(removed.status).toBe('fulfilled');
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'invalid_credentials' });
      } else {
        const refresh = app.rotate.run(result.value.tokens.refresh_token ?? '', 'watchword');
        await expect(refresh).rejects.toMatchObject({ code: 'invalid_grant' });
      }
    }
  });
});
