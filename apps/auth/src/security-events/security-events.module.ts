import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { CLOCK } from '../config/index.js';
import { AuditLog } from './audit-log.js';
import { SecurityEventLog } from './security-event-log.js';

@Global()
@Module({
  providers: [
    { provide: SecurityEventLog, inject: [CLOCK], useFactory: (clock: Clock) => new SecurityEventLog(clock) },
    { provide: AuditLog, inject: [CLOCK], useFactory: (clock: Clock) => new AuditLog(clock) },
  ],
  exports: [SecurityEventLog, AuditLog],
})
export class SecurityEventsModule {}
