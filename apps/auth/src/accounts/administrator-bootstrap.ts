import type { OnModuleInit } from '@nestjs/common';
import type { AuthConfig } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AccountStore } from './account-store.js';
import { ensureAdministrator } from './first-administrator.js';
import { PasswordFile, printedPassword } from './password-announcement.js';
import type { RegisterAccount } from './register-account.js';

/** Makes sure that there is an administrator before the app listens. */
export class AdministratorBootstrap implements OnModuleInit {
  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly register: RegisterAccount,
    private readonly config: AuthConfig,
  ) {}

  onModuleInit(): Promise<void> {
    return ensureAdministrator(this.db, this.accounts, this.register, {
      email: this.config.ADMIN_EMAIL,
      password: this.config.ADMIN_PASSWORD,
      shortestPassword: this.config.PASSWORD_MIN_LENGTH,
      announcement: this.config.NODE_ENV === 'production' ? new PasswordFile(this.config.DATA_DIR) : printedPassword,
    });
  }
}
