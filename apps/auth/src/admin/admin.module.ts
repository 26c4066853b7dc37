import { Module } from '@nestjs/common';
import { AdminAccountsController } from './admin-accounts.controller.js';
import { AdminClientsController } from './admin-clients.controller.js';
import { AdminKeysController } from './admin-keys.controller.js';
import { AdminLogsController } from './admin-logs.controller.js';
import { AdminRolesController } from './admin-roles.controller.js';
import { AdminSessionsController } from './admin-sessions.controller.js';

/** The operator's endpoints. */
@Module({
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
