import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE, Metrics } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { AuditLog } from '../security-events/audit-log.js';
import { Refusals } from '../security-events/refusals.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { EndSessions } from '../sessions/end-sessions.js';
import { RenewSessionIds } from '../sessions/renew-session-ids.js';
import { StartSession } from '../sessions/start-session.js';
import { FIRST_PARTY_CLIENT } from '../clients/first-party-client.js';
import { AccountController } from './account.controller.js';
import { AccountStore } from './account-store.js';
import { AccountViews } from './account-views.js';
import { AdministerAccount } from './administer-account.js';
import { AdministerRoles } from './administer-roles.js';
import { AdministratorBootstrap } from './administrator-bootstrap.js';
import { ATTEMPT_LIMITS, type AttemptLimits } from '../attempts/attempt-limits.js';
import { createPasswordHasher } from './create-password-hasher.js';
import { createPasswordPolicy } from './create-password-policy.js';
import { ChangePassword } from './change-password.js';
import { IssueResetCode } from './issue-reset-code.js';
import { KnownDevices } from './known-devices.js';
import { LogIn } from './log-in.js';
import { LoginController } from './login.controller.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { RegisterAccount } from './register-account.js';
import { ResetPassword } from './reset-password.js';

@Global()
@Module({
  controllers: [LoginController, AccountController],
  providers: [
    AccountStore,
    {
      provide: PasswordPolicy,
      inject: [AuthConfig, Metrics],
      useFactory: createPasswordPolicy,
    },
    {
      provide: PasswordHasher,
      inject: [AuthConfig],
      useFactory: createPasswordHasher,
    },
    {
      provide: RegisterAccount,
      inject: [DATABASE, AccountStore, PasswordPolicy, PasswordHasher, AuditLog, CLOCK],
      useFactory: (
        db: AuthDatabase,
        accounts: AccountStore,
        policy: PasswordPolicy,
        hasher: PasswordHasher,
        audit: AuditLog,
        clock: Clock,
      ) => new RegisterAccount(db, accounts, policy, hasher, audit, clock),
    },
    {
      provide: LogIn,
      inject: [
        DATABASE,
        AccountStore,
        PasswordHasher,
        ATTEMPT_LIMITS,
        KeyEncryptionKeys,
        StartSession,
        AuditLog,
        Refusals,
      ],
      useFactory: (
        db: AuthDatabase,
        accounts: AccountStore,
        hasher: PasswordHasher,
        limits: AttemptLimits,
        keys: KeyEncryptionKeys,
        startSession: StartSession,
        audit: AuditLog,
        refusals: Refusals,
      ) =>
        new LogIn(
          db,
          accounts,
          hasher,
          limits,
          new KnownDevices(keys),
          startSession,
          audit,
          refusals,
          FIRST_PARTY_CLIENT,
        ),
    },
    {
      provide: ChangePassword,
      inject: [
        DATABASE,
        AccountStore,
        PasswordPolicy,
        PasswordHasher,
        EndSessions,
        ATTEMPT_LIMITS,
        AuditLog,
        Refusals,
        CLOCK,
      ],
      useFactory: (
        db: AuthDatabase,
        accounts: AccountStore,
        policy: PasswordPolicy,
        hasher: PasswordHasher,
        endSessions: EndSessions,
        limits: AttemptLimits,
        audit: AuditLog,
        refusals: Refusals,
        clock: Clock,
      ) => new ChangePassword(db, accounts, policy, hasher, endSessions, limits, audit, refusals, clock),
    },
    {
      provide: IssueResetCode,
      inject: [DATABASE, AuditLog, CLOCK],
      useFactory: (db: AuthDatabase, audit: AuditLog, clock: Clock) => new IssueResetCode(db, audit, clock),
    },
    {
      provide: ResetPassword,
      inject: [DATABASE, PasswordPolicy, PasswordHasher, EndSessions, ATTEMPT_LIMITS, AuditLog, Refusals, CLOCK],
      useFactory: (
        db: AuthDatabase,
        policy: PasswordPolicy,
        hasher: PasswordHasher,
        endSessions: EndSessions,
        limits: AttemptLimits,
        audit: AuditLog,
        refusals: Refusals,
        clock: Clock,
      ) => new ResetPassword(db, policy, hasher, endSessions, limits, audit, refusals, clock),
    },
    { provide: AccountViews, inject: [DATABASE], useFactory: (db: AuthDatabase) => new AccountViews(db) },
    {
      provide: AdministerAccount,
      inject: [DATABASE, AccountStore, EndSessions, RenewSessionIds, SecurityEventLog, AuditLog, CLOCK],
      useFactory: (
        db: AuthDatabase,
        accounts: AccountStore,
        endSessions: EndSessions,
        renewSessionIds: RenewSessionIds,
        events: SecurityEventLog,
        audit: AuditLog,
        clock: Clock,
      ) => new AdministerAccount(db, accounts, endSessions, renewSessionIds, events, audit, clock),
    },
    {
      provide: AdministerRoles,
      inject: [DATABASE, RenewSessionIds, AuditLog],
      useFactory: (db: AuthDatabase, renewSessionIds: RenewSessionIds, audit: AuditLog) =>
        new AdministerRoles(db, renewSessionIds, audit),
    },
    {
      provide: AdministratorBootstrap,
      inject: [DATABASE, AccountStore, RegisterAccount, AuthConfig],
      useFactory: (db: AuthDatabase, accounts: AccountStore, register: RegisterAccount, config: AuthConfig) =>
        new AdministratorBootstrap(db, accounts, register, config),
    },
  ],
  exports: [
    AccountStore,
    AccountViews,
    AdministerAccount,
    AdministerRoles,
    IssueResetCode,
    PasswordHasher,
    PasswordPolicy,
    RegisterAccount,
  ],
})
export class AccountsModule {}
