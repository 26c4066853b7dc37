import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AttemptLimits } from '../attempts/attempt-limits.js';
import { type Count, CountedAttempt } from '../attempts/counted-attempt.js';
import { networkOf, siteOf } from '../attempts/network.js';
import { refusalCode } from '../attempts/refusal-code.js';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditLog } from '../security-events/audit-log.js';
import { type Refusals, UNKNOWN } from '../security-events/refusals.js';
import type { EndSessions } from '../sessions/end-sessions.js';
import type { Account, AccountStore } from './account-store.js';
import { emailKey } from './email.js';
import type { PasswordHasher } from './password-hasher.js';
import type { PasswordPolicy } from './password-policy.js';
import { hashResetCode } from './reset-code.js';

export interface PasswordReset {
  readonly email: string;
  /** The code from {@link IssueResetCode}. */
  readonly code: string;
  readonly newPassword: string;
}

/** Sets a new password with a code from an administrator. The code works once; all sessions of the account end. */
export class ResetPassword {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: AccountStore,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly endSessions: EndSessions,
    private readonly limits: AttemptLimits,
    private readonly audit: AuditLog,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  /**
   * @param ip the address of the caller
   * @throws Refusal `invalid_reset_code`, the same for an unknown or disabled account and for a wrong, used or expired code;
   *   `password_rejected`, after which the code is still valid; `too_many_attempts`; `overloaded`
   */
  async run(reset: PasswordReset, ip: string | undefined): Promise<void> {
    const { account, codeIsGood } = await this.find(reset);
    try {
      const attempt = await CountedAttempt.begin(this.countsOf(reset.email, ip));
      await attempt.run('invalid_reset_code', async () => {
        if (account === undefined || !codeIsGood) throw invalidCode();
        await this.setPassword(account, reset, ip);
      });
    } catch (error) {
      this.recordRefusal(error, account, ip);
      throw error;
    }
    // A person who forgot their password has tried some. These failures must not block a login with the new one.
    await this.limits.account.forgive(`${emailKey(reset.email)} ${networkOf(ip)}`);
  }

  private async find({ email, code }: PasswordReset): Promise<{ account?: Account; codeIsGood: boolean }> {
    const now = new Date(this.clock.now());
    const found = await this.store.findWithResetCode(this.db, email, hashResetCode(code), now);
    if (found === undefined) return { codeIsGood: false };
    return { account: found.account, codeIsGood: found.hasCode && found.account.disabledAt === null };
  }

  private async setPassword(account: Account, reset: PasswordReset, ip: string | undefined): Promise<void> {
    const { id, email, name } = account;
    await this.policy.check(reset.newPassword, { email, name: name ?? undefined }, 'newPassword');
    const passwordHash = await this.hasher.hash(reset.newPassword, networkOf(ip));
    const actor = { type: 'account', id, ip } as const;
    await this.db.transaction(async (tx) => {
      // Lock the row of the account first, as every change of it does: of two requests with one code, the second one waits here.
      const now = new Date(this.clock.now());
      const isChanged = await this.store.resetPassword(tx, id, { passwordHash, passwordChangedAt: now });
      if (!isChanged || !(await this.store.takeResetCode(tx, id, hashResetCode(reset.code), now))) throw invalidCode();
      await this.audit.record(tx, { actor, action: 'account.reset-password', target: { type: 'account', id } });
      await this.endSessions.endAllIn(tx, id, 'password-reset', actor);
    });
  }

  /** Counted separately from logins: wrong passwords must not block the code. */
  private countsOf(email: string, ip: string | undefined): Count[] {
    const network = networkOf(ip);
    const site = siteOf(ip);
    const { limits } = this;
    const guesses = { success: 'give back', failure: 'keep' } as const;
    return [
      { limit: limits.passwordReset, subject: `${emailKey(email)} ${network}`, success: 'forgive', failure: 'keep' },
      { limit: limits.address, subject: network, ...guesses },
      ...(site === undefined ? [] : [{ limit: limits.site, subject: site, ...guesses }]),
    ];
  }

  private recordRefusal(error: unknown, account: Account | undefined, ip: string | undefined): void {
    const code = refusalCode(error);
    if (code !== 'invalid_reset_code' && code !== 'too_many_attempts') return;
    this.refusals.record({
      action: 'account.reset-password-refused',
      target: { type: 'account', id: account?.id ?? UNKNOWN },
      ip,
      detail: { code, ...(account?.disabledAt ? { account: 'disabled' } : {}) },
    });
  }
}

function invalidCode(): Refusal {
  return new Refusal(
    'forbidden',
    'invalid_reset_code',
    'The code is not valid for this email address: ask for a new one',
  );
}
