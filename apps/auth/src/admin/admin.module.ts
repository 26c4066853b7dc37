import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AdminAccountsController } from './admin-accounts.controller.js';
import { AdminClientsController } from './admin-clients.controller.js';
import { AdminKeysController } from './admin-keys.controller.js';
import { AdminLogsController } from './admin-logs.controller.js';
import { AdminRolesController } from './admin-roles.controller.js';
import { AdminSessionsController } from './admin-sessions.controller.js';

/** The endpoints for administrators. */
@Module({
  imports: [AccountsModule, ClientsModule, KeysModule, SecurityEventsModule, SessionsModule],
  controllers: [
    AdminAccountsController,
    AdminSessionsController,
    AdminRolesController,
    AdminClientsController,
    AdminKeysController,
    AdminLogsController,
  ],
})
export class AdminModule {}
