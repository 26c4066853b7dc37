import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE } from '@watchword/platform';
import { CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { AuditEntries } from './audit-entries.js';
import { AuditLog } from './audit-log.js';
import { Refusals } from './refusals.js';
import { SecurityEventEntries } from './security-event-entries.js';
import { SecurityEventLog } from './security-event-log.js';

@Global()
@Module({
  providers: [
    { provide: SecurityEventLog, inject: [CLOCK], useFactory: (clock: Clock) => new SecurityEventLog(clock) },
    {
      provide: SecurityEventEntries,
      inject: [DATABASE],
      useFactory: (db: AuthDatabase) => new SecurityEventEntries(db),
    },
    { provide: AuditEntries, inject: [DATABASE], useFactory: (db: AuthDatabase) => new AuditEntries(db) },
    { provide: AuditLog, inject: [CLOCK], useFactory: (clock: Clock) => new AuditLog(clock) },
    {
      provide: Refusals,
      inject: [DATABASE, AuditLog],
      useFactory: (db: AuthDatabase, audit: AuditLog) => new Refusals(db, audit),
    },
  ],
  exports: [Refusals, SecurityEventLog, SecurityEventEntries, AuditLog, AuditEntries],
})
export class SecurityEventsModule {}
