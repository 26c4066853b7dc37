-- No two keys are active at the same time. Intervals are [activates_at, retires_at); an open end has no limit.
ALTER TABLE "signing_keys" ADD CONSTRAINT "one_active_signing_key"
  EXCLUDE USING gist (tstzrange("activates_at", "retires_at") WITH &&);
--> statement-breakpoint
INSERT INTO "security_event_sequence" ("only", "last") VALUES (true, 0);
--> statement-breakpoint
INSERT INTO "roles" ("name", "description") VALUES
  ('customer', 'Buys: places orders and follows them'),
  ('catalog-manager', 'Keeps the products and the stock up to date'),
  ('admin', 'Operates the system');
--> statement-breakpoint
INSERT INTO "role_scopes" ("role", "scope") VALUES
  ('customer', 'orders:read'),
  ('customer', 'orders:write'),
  ('customer', 'inventory:read'),
  ('customer', 'inventory:reserve'),
  ('catalog-manager', 'orders:read'),
  ('catalog-manager', 'orders:write'),
  ('catalog-manager', 'inventory:read'),
  ('catalog-manager', 'inventory:reserve'),
  ('catalog-manager', 'catalog:write'),
  ('catalog-manager', 'inventory:adjust'),
  ('admin', 'orders:read'),
  ('admin', 'orders:write'),
  ('admin', 'inventory:read'),
  ('admin', 'inventory:reserve'),
  ('admin', 'catalog:write'),
  ('admin', 'inventory:adjust'),
  ('admin', 'inventory:manage'),
  ('admin', 'security-events:read');
