import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE } from '@watchword/platform';
import { availableParallelism } from 'node:os';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { AuditLog } from '../security-events/audit-log.js';
import { EndSessions } from '../sessions/end-sessions.js';
import { StartSession } from '../sessions/start-session.js';
import { FIRST_PARTY_CLIENT } from '../tokens/first-party-client.js';
import { AccountController } from './account.controller.js';
import { AccountStore } from './account-store.js';
import { AdministratorBootstrap } from './administrator-bootstrap.js';
import { ChangePassword } from './change-password.js';
import { LogIn } from './log-in.js';
import { LoginController } from './login.controller.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { RegisterAccount } from './register-account.js';

@Global()
@Module({
  controllers: [LoginController, AccountController],
  providers: [
    AccountStore,
    PasswordPolicy,
    {
      provide: PasswordHasher,
      inject: [AuthConfig],
      useFactory: ({ PASSWORD_HASH_CONCURRENCY, PASSWORD_HASH_QUEUE }: AuthConfig) =>
        new PasswordHasher({
          concurrency: PASSWORD_HASH_CONCURRENCY || Math.max(1, availableParallelism() - 1),
          queueLimit: PASSWORD_HASH_QUEUE,
        }),
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
      inject: [DATABASE, AccountStore, PasswordHasher, StartSession, AuditLog],
      useFactory: (
        db: AuthDatabase,
        accounts: AccountStore,
        hasher: PasswordHasher,
        startSession: StartSession,
        audit: AuditLog,
      ) => new LogIn(db, accounts, hasher, startSession, audit, FIRST_PARTY_CLIENT),
    },
    {
      provide: ChangePassword,
      inject: [DATABASE, AccountStore, PasswordPolicy, PasswordHasher, EndSessions, AuditLog, CLOCK],
      useFactory: (
        db: AuthDatabase,
        accounts: AccountStore,
        policy: PasswordPolicy,
        hasher: PasswordHasher,
        endSessions: EndSessions,
        audit: AuditLog,
        clock: Clock,
      ) => new ChangePassword(db, accounts, policy, hasher, endSessions, audit, clock),
    },
    {
      provide: AdministratorBootstrap,
      inject: [DATABASE, AccountStore, RegisterAccount, AuthConfig],
      useFactory: (db: AuthDatabase, accounts: AccountStore, register: RegisterAccount, config: AuthConfig) =>
        new AdministratorBootstrap(db, accounts, register, config),
    },
  ],
  exports: [AccountStore, PasswordHasher, PasswordPolicy, RegisterAccount],
})
export class AccountsModule {}
