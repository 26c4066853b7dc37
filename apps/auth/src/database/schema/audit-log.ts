import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.js';

/** Who did what to which account, client, key or session. Contains no secrets. */
export const auditLog = pgTable(
  'audit_log',
  {
    /** A UUIDv7, so ordered by time. */
    id: uuid('id').primaryKey(),
    at: instant('at').notNull(),
    /** `account`, `client`, `system` (the issuer itself) or `anonymous`. */
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id'),
    action: text('action').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    ip: text('ip'),
    /** The `X-Request-Id` of the request, as in the logs. */
    requestId: text('request_id'),
    detail: jsonb('detail').$type<Readonly<Record<string, unknown>>>(),
  },
  (table) => [index('audit_log_by_target').on(table.targetType, table.targetId)],
);
