import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { accounts, ADMINISTRATOR, hasher, makeAccounts, makeLimits, PASSWORD } from '../../test/accounts.js';
import { AUTH_DATABASE } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import { PasswordPolicy } from './password-policy.js';
import { ResetPassword } from './reset-password.js';

const NEW_PASSWORD = 'quartz-lantern-velvet';
const WRONG_CODE = '0000-0000-0000-0000-0000-0000';
const INVALID = { kind: 'forbidden', code: 'invalid_reset_code' };
const LIMITED = { kind: 'too-many', code: 'too_many_attempts' };
const IP = '192.0.2.1';

type Accounts = ReturnType<typeof makeAccounts>;

describeOnEachDatabase('resetting a forgotten password', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  const make = (limits = makeLimits()) => makeAccounts(database(), limits);
  const logIn = (app: Accounts, email: string, password: string, device?: string) =>
    app.logIn.run({ email, password }, { userAgent: 'jest', ip: IP }, device);
  const reset = (app: Accounts, email: string, code: string, newPassword = NEW_PASSWORD, ip = IP) =>
    app.resetPassword.run({ email, code, newPassword }, ip);
  const entriesOf = async (id: string) =>
    (await database().select().from(schema.auditLog).where(eq(schema.auditLog.targetId, id)))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ action, actorType, actorId }) => `${action} ${actorType} ${actorId ?? '-'}`);

  it('takes a code from an administrator, sets the new password, and ends sessions and known devices', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { id, email } = await app.person();
    const { tokens, deviceToken } = await logIn(app, email, PASSWORD);
    app.clock.advance(1);
    const { code, expiresAt } = await app.issueResetCode.run(id, ADMINISTRATOR);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(Date.parse(expiresAt)).toBe(app.clock.now() + 900_000);
    await reset(app, ` ${email.toUpperCase()}`, code.toLowerCase().replaceAll('-', ' '));

    await expect(app.rotate.run(tokens.refresh_token ?? '', 'watchword')).rejects.toMatchObject({
      code: 'invalid_grant',
    });
    await expect(logIn(app, email, PASSWORD)).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(logIn(app, email, NEW_PASSWORD)).resolves.toBeDefined();
    expect((await entriesOf(id)).filter((entry) => entry.includes('reset'))).toEqual([
      'account.issue-reset-code account administrator',
      `account.reset-password account ${id}`,
    ]);
    for (let guess = 0; guess < 3; guess += 1) await logIn(app, email, 'wrong').catch(() => undefined);
    await expect(logIn(app, email, NEW_PASSWORD, deviceToken)).rejects.toMatchObject(LIMITED);
  });

  it('keeps no code in clear, neither in its table nor in the audit log', async () => {
    const app = make();
    const { id } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    const [kept] = await database().select().from(schema.passwordResets).where(eq(schema.passwordResets.accountId, id));
    expect(kept?.codeHash).toHaveLength(32);
    const entries = await database().select().from(schema.auditLog).where(eq(schema.auditLog.targetId, id));
    expect(JSON.stringify(entries)).not.toContain(code);
  });

  it('takes a code once, also of many requests at the same time', async () => {
    const app = make();
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    const passwords = Array.from({ length: 5 }, (_, index) => `${NEW_PASSWORD}-${String(index)}`);
    const results = await Promise.allSettled(passwords.map((password) => reset(app, email, code, password)));
    const winners = passwords.filter((_, index) => results[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(INVALID);
    await expect(logIn(app, email, winners[0] ?? '')).resolves.toBeDefined();
    await expect(reset(app, email, code)).rejects.toMatchObject(INVALID);
  });

  it('refuses a code that is expired, was replaced, or is for another account, and takes the good one afterwards', async () => {
    const app = make();
    const { id, email } = await app.person();
    const other = await app.person();
    const first = await app.issueResetCode.run(id, ADMINISTRATOR);
    app.clock.advance(899);
    const second = await app.issueResetCode.run(id, ADMINISTRATOR);
    await expect(reset(app, email, first.code)).rejects.toMatchObject(INVALID);
    await expect(reset(app, other.email, second.code)).rejects.toMatchObject(INVALID);
    app.clock.advance(900);
    await expect(reset(app, email, second.code)).rejects.toMatchObject(INVALID);
    const third = await app.issueResetCode.run(id, ADMINISTRATOR);
    app.clock.advance(899);
    await expect(reset(app, email, third.code)).resolves.toBeUndefined();
  });

  it('gives one answer for an unknown account, a disabled one, and a wrong code', async () => {
    const app = make();
    await app.person(['admin']);
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    await app.administer.disable(id, ADMINISTRATOR);
    const enabled = await app.person();
    await app.issueResetCode.run(enabled.id, ADMINISTRATOR);
    const refusals = await Promise.all(
      [reset(app, email, code), reset(app, 'nobody@example.com', code), reset(app, enabled.email, code)].map(
        (attempt) =>
          attempt.then(
            () => 'taken',
            (error: Error & { code?: string; kind?: string }) =>
              `${error.kind ?? ''} ${error.code ?? ''} ${error.message}`,
          ),
      ),
    );
    expect(new Set(refusals).size).toBe(1);
    expect(refusals[0]).toContain('forbidden invalid_reset_code');
    await expect(app.issueResetCode.run(id, ADMINISTRATOR)).rejects.toMatchObject({ code: 'account_disabled' });
    // Enabled again, the code of before is gone.
    await app.administer.enable(id, ADMINISTRATOR);
    await expect(reset(app, email, code)).rejects.toMatchObject(INVALID);
  });

  it('refuses a code for an account that is disabled while the password is being set', async () => {
    const app = make();
    await app.person(['admin']);
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    const disabling = {
      has: async () => {
        await app.administer.disable(id, ADMINISTRATOR);
        return false;
      },
    };
    const { db, endSessions, audit, refusals, clock } = app;
    const slow = new PasswordPolicy({ weaknessOf: () => undefined }, disabling, 15);
    const resetPassword = new ResetPassword(
      db,
      accounts,
      slow,
      hasher,
      endSessions,
      makeLimits(),
      audit,
      refusals,
      clock,
    );
    await expect(resetPassword.run({ email, code, newPassword: NEW_PASSWORD }, IP)).rejects.toMatchObject(INVALID);
    await app.administer.enable(id, ADMINISTRATOR);
    await expect(logIn(app, email, PASSWORD)).resolves.toBeDefined();
  });

  it('limits guesses for an account from one network, and lets the code in from another', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    const guesses = await Promise.allSettled(Array.from({ length: 10 }, () => reset(app, email, WRONG_CODE)));
    const codes = guesses.map((guess) => (guess.status === 'rejected' ? (guess.reason as { code: string }).code : ''));
    expect(codes.filter((answer) => answer === 'invalid_reset_code')).toHaveLength(3);
    expect(codes.filter((answer) => answer === 'too_many_attempts')).toHaveLength(7);
    await expect(reset(app, email, code)).rejects.toMatchObject(LIMITED);
    for (let guess = 0; guess < 3; guess += 1) {
      await expect(reset(app, 'nobody@example.com', WRONG_CODE)).rejects.toMatchObject(INVALID);
    }
    await expect(reset(app, 'nobody@example.com', WRONG_CODE)).rejects.toMatchObject(LIMITED);
    await expect(reset(app, email, code, NEW_PASSWORD, '192.0.2.2')).resolves.toBeUndefined();
    await app.refusals.written();
    expect(await entriesOf(id)).toContain('account.reset-password-refused anonymous -');
  });

  it('limits guesses for many accounts from one address together with wrong passwords', async () => {
    const app = make(makeLimits({ address: 3 }));
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    for (const name of ['a', 'b', 'c']) {
      await expect(reset(app, `${name}@example.com`, WRONG_CODE)).rejects.toMatchObject(INVALID);
    }
    await expect(reset(app, email, code)).rejects.toMatchObject(LIMITED);
    await expect(logIn(app, email, PASSWORD)).rejects.toMatchObject(LIMITED);
  });

  it('is not kept out by the passwords that were tried before, nor is the new one', async () => {
    const app = make(makeLimits({ account: 3 }));
    const { id, email } = await app.person();
    for (let guess = 0; guess < 3; guess += 1) await logIn(app, email, 'forgotten').catch(() => undefined);
    await expect(logIn(app, email, PASSWORD)).rejects.toMatchObject(LIMITED);
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    await reset(app, email, code);
    await expect(logIn(app, email, NEW_PASSWORD)).resolves.toBeDefined();
  });

  it('refuses a password that the policy refuses, and takes the code again for a better one', async () => {
    const app = make(makeLimits({ account: 1 }));
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    for (let round = 0; round < 3; round += 1) {
      await expect(reset(app, email, code, 'short')).rejects.toMatchObject({ code: 'password_rejected' });
    }
    await expect(reset(app, email, code)).resolves.toBeUndefined();
  });

  it('ends with a change of the password by the person, and with the account', async () => {
    const app = make();
    await app.person(['admin']);
    const { id, email } = await app.person();
    const { code } = await app.issueResetCode.run(id, ADMINISTRATOR);
    await app.changePassword.run(id, PASSWORD, NEW_PASSWORD, { type: 'account', id });
    await expect(reset(app, email, code)).rejects.toMatchObject(INVALID);
    const next = await app.issueResetCode.run(id, ADMINISTRATOR);
    await app.administer.delete(id, ADMINISTRATOR);
    await app.register.run({ email, password: PASSWORD }, ['customer'], { type: 'anonymous' });
    await expect(reset(app, email, next.code)).rejects.toMatchObject(INVALID);
    await expect(app.issueResetCode.run(id, ADMINISTRATOR)).rejects.toMatchObject({ code: 'not_found' });
  });
});
