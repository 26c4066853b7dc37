import { Module } from '@nestjs/common';
import { provide } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from './auth-database.js';
import { Housekeeping } from './housekeeping.js';

@Module({
  providers: [
    provide(
      Housekeeping,
      [AuthDatabase, CLOCK, AuthConfig],
      (db, clock, config) => new Housekeeping(db, clock, config.AUDIT_LOG_RETENTION * 1000),
    ),
  ],
})
export class HousekeepingModule {}
