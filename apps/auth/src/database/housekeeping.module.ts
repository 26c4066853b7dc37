import { Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from './auth-database.js';
import { Housekeeping } from './housekeeping.js';

@Module({
  providers: [
    {
      provide: Housekeeping,
      inject: [DATABASE, CLOCK, AuthConfig],
      useFactory: (db: AuthDatabase, clock: Clock, config: AuthConfig) =>
        new Housekeeping(db, clock, config.AUDIT_LOG_RETENTION * 1000),
    },
  ],
})
export class HousekeepingModule {}
