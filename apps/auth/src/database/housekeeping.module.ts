import { Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE } from '@watchword/platform';
import { CLOCK } from '../config/index.js';
import type { AuthDatabase } from './auth-database.js';
import { Housekeeping } from './housekeeping.js';

@Module({
  providers: [
    {
      provide: Housekeeping,
      inject: [DATABASE, CLOCK],
      useFactory: (db: AuthDatabase, clock: Clock) => new Housekeeping(db, clock),
    },
  ],
})
export class HousekeepingModule {}
