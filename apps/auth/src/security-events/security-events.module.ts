import { Module } from '@nestjs/common';
import { provide } from '@watchword/platform';
import { CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { AuditEntries } from './audit-entries.js';
import { AuditLog } from './audit-log.js';
import { Refusals } from './refusals.js';
import { SecurityEventEntries } from './security-event-entries.js';
import { SecurityEventLog } from './security-event-log.js';

@Module({
  providers: [
    provide(SecurityEventLog, [CLOCK]),
    provide(SecurityEventEntries, [AuthDatabase]),
    provide(AuditEntries, [AuthDatabase]),
    provide(AuditLog, [CLOCK]),
    provide(Refusals, [AuthDatabase, AuditLog]),
  ],
  exports: [Refusals, SecurityEventLog, SecurityEventEntries, AuditLog, AuditEntries],
})
export class SecurityEventsModule {}
