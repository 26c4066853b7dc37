import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { AccountStore } from './account-store.js';
import { hashResetCode, makeResetCode } from './reset-code.js';

/** In milliseconds. */
const LIFETIME = 900_000;

export interface IssuedResetCode {
  /** For the person only. It is shown once: only its hash is stored. */
  readonly code: string;
  readonly expiresAt: string;
}

/**
 * Creates a code for a person who forgot their password, to set a new one. The administrator gives it to the person, and must know
 * who that is. The old password and the sessions stay valid until the code is used. An earlier code becomes invalid.
 */
export class IssueResetCode {
  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `not_found`, `account_disabled` */
  run(id: string, actor: AuditActor): Promise<IssuedResetCode> {
    const code = makeResetCode();
    const reset = { codeHash: hashResetCode(code), expiresAt: new Date(this.clock.now() + LIFETIME) };
    return this.db.transaction(async (tx) => {
      const account = await this.accounts.lock(tx, id);
      if (account === undefined) throw new Refusal('not-found', 'not_found', 'There is no such account');
      if (account.disabledAt !== null) {
        throw new Refusal('conflict', 'account_disabled', 'The account is disabled: enable it first');
      }
      await this.accounts.putResetCode(tx, id, reset);
      await this.audit.record(tx, { actor, action: 'account.issue-reset-code', target: { type: 'account', id } });
      return { code, expiresAt: reset.expiresAt.toISOString() };
    });
  }
}
