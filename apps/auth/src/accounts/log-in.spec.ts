import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { accounts, ADMINISTRATOR, makeAccounts, makeLimits, PASSWORD, policy } from '../../test/accounts.js';
import { AUTH_DATABASE } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import { ChangePassword } from './change-password.js';
import { PasswordHasher } from './password-hasher.js';

const REFUSED = { kind: 'unauthenticated', code: 'invalid_credentials' };
const LIMITED = { kind: 'too-many', code: 'too_many_attempts' };
const DEVICE = { userAgent: 'jest', ip: '192.0.2.1' };

describeOnEachDatabase('logging in', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  const make = (limits = makeLimits()) => makeAccounts(database(), limits);
  const attempt = (app: ReturnType<typeof make>, email: string, password = PASSWORD, token?: string, ip?: string) =>
    app.logIn.run({ email, password }, { ...DEVICE, ...(ip === undefined ? {} : { ip }) }, token);

  const eventsOf = (id: string) =>
    database().select().from(schema.auditLog).where(eq(schema.auditLog.targetId, id)).orderBy(schema.auditLog.id);

  it('takes the address in any form of it', async () => {
    const app = make();
    const { email } = await app.person();
    await expect(attempt(app, ` ${email.toUpperCase()} `)).resolves.toMatchObject({
      tokens: { token_type: 'Bearer', expires_in: 300 },
    });
  });

  it('gives one answer for a wrong password, an unknown and a disabled account', async () => {
    const app = make();
    const { id, email } = await app.person();
    await app.person(['admin']);
    await expect(attempt(app, email, 'wrong')).rejects.toMatchObject(REFUSED);
    await expect(attempt(app, 'nobody@example.com')).rejects.toMatchObject(REFUSED);
    await app.administer.disable(id, ADMINISTRATOR);
    await expect(attempt(app, email)).rejects.toMatchObject(REFUSED);
    await app.administer.enable(id, ADMINISTRATOR);
    await expect(attempt(app, email)).resolves.toBeDefined();
  });

  it('takes as long for an unknown account as for a wrong password', async () => {
    const app = make(makeLimits({ account: 1000 }));
    const { email } = await app.person();
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < 15; round += 1) {
      for (const [index, address] of [email, 'nobody@example.com'].entries()) {
        const started = performance.now();
        await attempt(app, address, 'wrong').catch(() => undefined);
        times[index]?.push(performance.now() - started);
      }
    }
    const [known = 0, unknown = 0] = times.map((list) => list.toSorted((a, b) => a - b)[7] ?? 0);
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  it('refuses new devices of an account on the network that guessed, and on no other', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { email } = await app.person();
    for (let guess = 0; guess < 3; guess += 1) await attempt(app, email, 'wrong').catch(() => undefined);
    await expect(attempt(app, email)).rejects.toMatchObject(LIMITED);
    await expect(attempt(app, email, PASSWORD, undefined, '192.0.2.2')).resolves.toBeDefined();
  });

  it('refuses new devices of an account everywhere once many networks have guessed together, and no known device', async () => {
    const app = make(makeLimits({ account: 3, accountInAll: 6 }));
    const { email } = await app.person();
    const { deviceToken } = await attempt(app, email, PASSWORD, undefined, '192.0.2.99');
    for (let guess = 0; guess < 6; guess += 1) {
      const guessed = attempt(app, email, 'wrong', undefined, `198.51.100.${String(guess)}`);
      await expect(guessed).rejects.toMatchObject(REFUSED);
    }
    await expect(attempt(app, email, PASSWORD, undefined, '192.0.2.2')).rejects.toMatchObject(LIMITED);
    await expect(attempt(app, email, PASSWORD, deviceToken, '192.0.2.2')).resolves.toBeDefined();
  });

  it('refuses logins from one address after too many that succeeded, and none from another', async () => {
    const app = make(makeLimits({ logins: 3 }));
    const { email } = await app.person();
    for (let round = 0; round < 4; round += 1) await attempt(app, email, 'wrong').catch(() => undefined);
    for (let round = 0; round < 3; round += 1) await attempt(app, email);
    await expect(attempt(app, email)).rejects.toMatchObject(LIMITED);
    await expect(attempt(app, email, PASSWORD, undefined, '192.0.2.2')).resolves.toBeDefined();
  });

  it('counts all networks of one IPv6 site together', async () => {
    const app = make(makeLimits({ address: 2 }));
    const { email } = await app.person();
    for (let network = 0; network < 4; network += 1) {
      const guessed = attempt(
        app,
        `${randomUUID()}@example.com`,
        'wrong',
        undefined,
        `2001:db8:1:${String(network)}::1`,
      );
      await expect(guessed).rejects.toMatchObject(REFUSED);
    }
    await expect(attempt(app, email, PASSWORD, undefined, '2001:db8:1:77::1')).rejects.toMatchObject(LIMITED);
    await expect(attempt(app, email, PASSWORD, undefined, '2001:db8:2:77::1')).resolves.toBeDefined();
  });

  it('counts an address once, whatever port stands beside it', async () => {
    const app = make(makeLimits({ address: 3 }));
    const { email } = await app.person();
    for (let port = 1; port <= 3; port += 1) {
      await attempt(app, `${randomUUID()}@example.com`, 'wrong', undefined, `192.0.2.7:${String(port)}`).catch(
        () => undefined,
      );
    }
    await expect(attempt(app, email, PASSWORD, undefined, '192.0.2.7:4')).rejects.toMatchObject(LIMITED);
  });

  it('does not know a device any more once the password has changed', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { id, email } = await app.person();
    const { deviceToken } = await attempt(app, email);
    app.clock.advance(1);
    await app.changePassword.run(id, PASSWORD, 'quartz-lantern-velvet', ADMINISTRATOR);
    for (let guess = 0; guess < 3; guess += 1) await attempt(app, email, 'wrong').catch(() => undefined);
    await expect(attempt(app, email, 'quartz-lantern-velvet', deviceToken)).rejects.toMatchObject(LIMITED);
  });

  it('refuses an account after too many failures, known or not, whatever the password then', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { email } = await app.person();
    for (const address of [email, 'nobody@example.com']) {
      for (let guess = 0; guess < 3; guess += 1) {
        await expect(attempt(app, address, 'wrong')).rejects.toMatchObject(REFUSED);
      }
      await expect(attempt(app, address)).rejects.toMatchObject({
        ...LIMITED,
        retryAfterMs: expect.any(Number) as number,
      });
    }
  });

  it('does not lock the owner out from a device that is known', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { email } = await app.person();
    const { deviceToken } = await attempt(app, email);
    for (let guess = 0; guess < 5; guess += 1) await attempt(app, email, 'wrong').catch(() => undefined);
    await expect(attempt(app, email)).rejects.toMatchObject(LIMITED);
    await expect(attempt(app, email, PASSWORD, deviceToken)).resolves.toMatchObject({ deviceToken });
    const other = await app.person();
    for (let guess = 0; guess < 3; guess += 1) await attempt(app, other.email, 'wrong').catch(() => undefined);
    await expect(attempt(app, other.email, PASSWORD, deviceToken)).rejects.toMatchObject(LIMITED);
  });

  it('limits guesses from a known device as well', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { email } = await app.person();
    const { deviceToken } = await attempt(app, email);
    for (let guess = 0; guess < 3; guess += 1) {
      await expect(attempt(app, email, 'wrong', deviceToken)).rejects.toMatchObject(REFUSED);
    }
    await expect(attempt(app, email, PASSWORD, deviceToken)).rejects.toMatchObject(LIMITED);
  });

  it('refuses an address after too many failures, and no other', async () => {
    const app = make(makeLimits({ address: 3 }));
    const { email } = await app.person();
    for (let guess = 0; guess < 3; guess += 1) {
      await expect(attempt(app, `${randomUUID()}@example.com`)).rejects.toMatchObject(REFUSED);
    }
    await expect(attempt(app, email)).rejects.toMatchObject(LIMITED);
    await expect(attempt(app, email, PASSWORD, undefined, '192.0.2.2')).resolves.toBeDefined();
  });

  it('counts many guesses at once as many', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { email } = await app.person();
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => attempt(app, email, 'wrong')));
    const codes = answers.map((answer) =>
      answer.status === 'rejected' ? (answer.reason as { code: string }).code : '',
    );
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(3);
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(7);
  });

  it('does not count what succeeds, however much of it comes at once', async () => {
    const app = make(makeLimits({ account: 3, address: 3 }));
    const { email } = await app.person();
    for (let round = 0; round < 2; round += 1) {
      await expect(Promise.all([attempt(app, email), attempt(app, email)])).resolves.toHaveLength(2);
    }
    await Promise.all(Array.from({ length: 6 }, () => attempt(app, email)));
  });

  it('refuses a second account for one mailbox', async () => {
    const app = make();
    const { email } = await app.person();
    const again = app.register.run({ email: email.toUpperCase(), password: PASSWORD }, ['customer'], ADMINISTRATOR);
    await expect(again).rejects.toMatchObject({ kind: 'conflict', code: 'email_taken' });
    const unknown = app.register.run({ email: 'x@example.com', password: PASSWORD }, ['king'], ADMINISTRATOR);
    await expect(unknown).rejects.toMatchObject({ kind: 'unprocessable', code: 'unknown_role' });
  });

  it('needs the current password for a new one, and ends all sessions with the change', async () => {
    const app = make();
    const { id, email } = await app.person();
    const { tokens } = await attempt(app, email);
    const change = (current: string) => app.changePassword.run(id, current, 'quartz-lantern-velvet', ADMINISTRATOR);
    await expect(change('wrong')).rejects.toMatchObject({ kind: 'forbidden', code: 'wrong_password' });
    await change(PASSWORD);
    await expect(app.rotate.run(tokens.refresh_token ?? '', 'watchword')).rejects.toMatchObject({
      code: 'invalid_grant',
    });
    await expect(attempt(app, email)).rejects.toMatchObject(REFUSED);
    await expect(attempt(app, email, 'quartz-lantern-velvet')).resolves.toBeDefined();
    const actions = (await eventsOf(id)).map(({ action }) => action).filter((action) => !action.endsWith('-refused'));
    expect(actions).toEqual(['account.create', 'account.login', 'account.change-password', 'account.login']);
  });

  it('limits guesses of the current password', async () => {
    const app = make(makeLimits({ account: 2 }));
    const { id } = await app.person();
    const change = () => app.changePassword.run(id, 'wrong', 'quartz-lantern-velvet', ADMINISTRATOR);
    await expect(change()).rejects.toMatchObject({ code: 'wrong_password' });
    await expect(change()).rejects.toMatchObject({ code: 'wrong_password' });
    await expect(change()).rejects.toMatchObject(LIMITED);
  });

  it('does not count as a guess what nobody had the time to look at', async () => {
    const app = make(makeLimits({ account: 1 }));
    const { id, email } = await app.person();
    const busy = new PasswordHasher({ concurrency: 1, queueLimit: 0 });
    const { audit, refusals, endSessions, clock } = app;
    const limits = makeLimits({ account: 1 });
    const change = new ChangePassword(database(), accounts, policy, busy, endSessions, limits, audit, refusals, clock);
    const other = busy.hash('something else', '192.0.2.9');
    await expect(change.run(id, PASSWORD, 'quartz-lantern-velvet', ADMINISTRATOR)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await other;
    await change.run(id, PASSWORD, 'quartz-lantern-velvet', ADMINISTRATOR);
    await expect(attempt(app, email, 'quartz-lantern-velvet')).resolves.toBeDefined();
  });

  it('lets nobody in with a password that was changed while it was checked', async () => {
    const app = make();
    const { id, email } = await app.person();
    const results = await Promise.allSettled([
      app.changePassword.run(id, PASSWORD, 'quartz-lantern-velvet', ADMINISTRATOR),
      ...Array.from({ length: 6 }, () => attempt(app, email)),
    ]);
    expect(results[0]?.status).toBe('fulfilled');
    expect(await app.list.page(id, 200)).toEqual({ sessions: [] });
  });

  it('never leaves the system without an administrator', async () => {
    const app = make();
    const administrators = await database()
      .select({ id: schema.accountRoles.accountId })
      .from(schema.accountRoles)
      .where(eq(schema.accountRoles.role, 'admin'));
    let left = administrators.map(({ id }) => id);
    // Once could be luck.
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [await app.person(['admin']), await app.person(['admin'])];
      for (const id of left) await app.administer.setRoles(id, ['customer'], ADMINISTRATOR);
      const results = await Promise.allSettled([
        app.administer.disable(one.id, ADMINISTRATOR),
        app.administer.setRoles(two.id, [], ADMINISTRATOR),
      ]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const refused = results.find((result) => result.status === 'rejected');
      expect(refused?.reason).toMatchObject({ kind: 'conflict', code: 'last_administrator' });
      left = [one.id, two.id];
    }
  });

  it('gives the sessions of a role a new sid when its scopes change, and refuses to remove it while it is used', async () => {
    const app = make();
    const role = { name: `role-${randomUUID()}`, description: '', scopes: ['tea:pour'] };
    await app.roles.put(role, ADMINISTRATOR);
    const { id, email } = await app.person([role.name]);
    const { tokens } = await attempt(app, email);
    const [before] = (await app.list.page(id, 200)).sessions;
    await app.roles.put({ ...role, scopes: ['tea:pour', 'tea:spill'] }, ADMINISTRATOR);
    const [after] = (await app.list.page(id, 200)).sessions;
    expect(after?.id).not.toBe(before?.id);
    const events = await database().select().from(schema.securityEvents);
    expect(events.map(({ value }) => value)).toContain(before?.id);
    await expect(app.rotate.run(tokens.refresh_token ?? '', 'watchword')).resolves.toMatchObject({
      scope: 'tea:pour tea:spill',
    });
    await expect(app.roles.remove(role.name, ADMINISTRATOR)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'role_in_use',
    });
    await app.administer.setRoles(id, [], ADMINISTRATOR);
    await app.roles.remove(role.name, ADMINISTRATOR);
    await expect(app.roles.remove(role.name, ADMINISTRATOR)).rejects.toMatchObject({
      kind: 'not-found',
      code: 'not_found',
    });
    await expect(app.roles.remove('admin', ADMINISTRATOR)).rejects.toMatchObject({ code: 'role_in_use' });
  });
});
