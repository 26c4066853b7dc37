import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { accounts, ADMINISTRATOR, hasher, makeAccounts, PASSWORD } from '../../test/accounts.js';
import { AUTH_DATABASE, payloadOf } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import { RecoverAdministrator } from './recover-administrator.js';

const NEW_PASSWORD = 'quartz-lantern-velvet';
const DEVICE = { userAgent: 'jest', ip: '192.0.2.1' };

describeOnEachDatabase('recovering an administrator', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  function make() {
    const app = makeAccounts(database());
    const { db, endSessions, audit, clock } = app;
    return { ...app, recover: new RecoverAdministrator(db, accounts, hasher, endSessions, audit, clock) };
  }
  const logIn = (app: ReturnType<typeof make>, email: string, password: string) =>
    app.logIn.run({ email, password }, DEVICE, undefined);
  const entriesOf = async (id: string) =>
    (await database().select().from(schema.auditLog).where(eq(schema.auditLog.targetId, id))).map(
      ({ action, actorType }) => `${action} by ${actorType}`,
    );

  it('gives an account the role and another password, and ends all that was good before', async () => {
    const app = make();
    const { id, email } = await app.person();
    const { tokens } = await logIn(app, email, PASSWORD);
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    await expect(app.recover.run(email.toUpperCase(), NEW_PASSWORD)).resolves.toBe('recovered');

    await expect(app.rotate.run(tokens.refresh_token ?? '', 'watchword')).rejects.toMatchObject({
      code: 'invalid_grant',
    });
    await expect(logIn(app, email, PASSWORD)).rejects.toMatchObject({ code: 'invalid_credentials' });
    const reset = app.resetPassword.run({ email, code, newPassword: PASSWORD }, DEVICE.ip);
    await expect(reset).rejects.toMatchObject({ code: 'invalid_reset_code' });
    const next = await logIn(app, email, NEW_PASSWORD);
    expect(payloadOf(next.tokens.access_token)['roles']).toEqual(['admin', 'customer']);
    const events = await database().select().from(schema.securityEvents);
    expect(events.map(({ value }) => value)).toContain(payloadOf(tokens.access_token)['sid']);
    expect(await entriesOf(id)).toContain('account.recover-administrator by system');
  });

  it('enables an administrator that was disabled, and leaves the role as it is', async () => {
    const app = make();
    await app.person(['admin']);
    const { id, email } = await app.person(['admin']);
    await app.administer.disable(id, ADMINISTRATOR);
    await expect(app.recover.run(email, NEW_PASSWORD)).resolves.toBe('recovered');
    const { tokens } = await logIn(app, email, NEW_PASSWORD);
    expect(payloadOf(tokens.access_token)['roles']).toEqual(['admin']);
  });

  it('makes an account where there is none', async () => {
    const app = make();
    await expect(app.recover.run('New@Example.com', NEW_PASSWORD)).resolves.toBe('made');
    const { tokens } = await logIn(app, 'new@example.com', NEW_PASSWORD);
    const { sub, roles } = payloadOf(tokens.access_token);
    expect(roles).toEqual(['admin', 'customer']);
    expect(await entriesOf(String(sub))).toContain('account.recover-administrator by system');
  });
});
