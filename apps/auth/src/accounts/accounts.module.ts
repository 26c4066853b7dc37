import { Module } from '@nestjs/common';
import { Metrics, provide } from '@watchword/platform';
import { ATTEMPT_LIMITS } from '../attempts/attempt-limits.js';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeysModule } from '../keys/keys.module.js';
import { AuditLog } from '../security-events/audit-log.js';
import { Refusals } from '../security-events/refusals.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { EndSessions } from '../sessions/end-sessions.js';
import { RenewSessionIds } from '../sessions/renew-session-ids.js';
import { SessionStore } from '../sessions/session-store.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { StartSession } from '../sessions/start-session.js';
import { AccountController } from './account.controller.js';
import { AccountStore } from './account-store.js';
import { AccountViewStore } from './account-view-store.js';
import { AdministerAccount } from './administer-account.js';
import { AdministerRoles } from './administer-roles.js';
import { AdministratorBootstrap } from './administrator-bootstrap.js';
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
import { RoleStore } from './role-store.js';

@Module({
  imports: [AttemptsModule, KeysModule, SecurityEventsModule, SessionsModule],
  controllers: [LoginController, AccountController],
  providers: [
    AccountStore,
    provide(PasswordPolicy, [AuthConfig, Metrics], createPasswordPolicy),
    provide(PasswordHasher, [AuthConfig], createPasswordHasher),
    provide(KnownDevices, [KeyEncryptionKeys]),
    provide(RegisterAccount, [AuthDatabase, AccountStore, PasswordPolicy, PasswordHasher, AuditLog, CLOCK]),
    provide(LogIn, [
      AuthDatabase,
      AccountStore,
      PasswordHasher,
      ATTEMPT_LIMITS,
      KnownDevices,
      StartSession,
      AuditLog,
      Refusals,
    ]),
    provide(ChangePassword, [
      AuthDatabase,
      AccountStore,
      PasswordPolicy,
      PasswordHasher,
      EndSessions,
      ATTEMPT_LIMITS,
      AuditLog,
      Refusals,
      CLOCK,
    ]),
    provide(IssueResetCode, [AuthDatabase, AccountStore, AuditLog, CLOCK]),
    provide(ResetPassword, [
      AuthDatabase,
      AccountStore,
      PasswordPolicy,
      PasswordHasher,
      EndSessions,
      ATTEMPT_LIMITS,
      AuditLog,
      Refusals,
      CLOCK,
    ]),
    provide(AccountViewStore, [AuthDatabase]),
    provide(AdministerAccount, [
      AuthDatabase,
      AccountStore,
      SessionStore,
      EndSessions,
      RenewSessionIds,
      SecurityEventLog,
      AuditLog,
      CLOCK,
    ]),
    provide(RoleStore, []),
    provide(AdministerRoles, [AuthDatabase, AccountStore, RoleStore, RenewSessionIds, AuditLog]),
    provide(AdministratorBootstrap, [AuthDatabase, AccountStore, RegisterAccount, AuthConfig]),
  ],
  exports: [AccountViewStore, AdministerAccount, AdministerRoles, IssueResetCode, RegisterAccount],
})
export class AccountsModule {}
