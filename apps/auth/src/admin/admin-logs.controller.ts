import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditEntries, type AuditEntryView } from '../security-events/audit-entries.js';
import { SecurityEventEntries, type SecurityEventView } from '../security-events/security-event-entries.js';
import { AuditQuery, EventsQuery } from './admin.dto.js';
import { AdministratorOnly } from './administrator-only.js';

@ApiTags('admin')
@AdministratorOnly()
@Controller('admin')
export class AdminLogsController {
  constructor(
    private readonly auditEntries: AuditEntries,
    private readonly eventEntries: SecurityEventEntries,
  ) {}

  @Get('security-events')
  @ApiOperation({ summary: 'Revocations, in order' })
  events(@Query() { limit, after }: EventsQuery): Promise<SecurityEventView[]> {
    return this.eventEntries.page(limit, after);
  }

  @Get('audit-log')
  @ApiOperation({ summary: 'The audit log, newest first' })
  audit(@Query() { limit, before }: AuditQuery): Promise<AuditEntryView[]> {
    return this.auditEntries.page(limit, before);
  }
}
