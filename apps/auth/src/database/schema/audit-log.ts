import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.js';

/** Who did what to which account, client, key or session. Never a secret. */
export const auditLog = pgTable(
  'audit_log',
  {
    /** UUIDv7: in the order of time. */
    id: uuid('id').primaryKey(),
    at: instant('at').notNull(),
    /** `account`, `client`, `system` (the issuer itself) or `anonymous`. */
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id'),
    action: text('action').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    ip: text('ip'),
    /** `X-Request-Id` of the request that it happened in, as in the logs. */
    requestId: text('request_id'),
    detail: jsonb('detail').$type<Readonly<Record<string, unknown>>>(),
  },
  (table) => [index('audit_log_by_target').on(table.targetType, table.targetId)],
);
