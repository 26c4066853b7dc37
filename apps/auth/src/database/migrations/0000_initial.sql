CREATE TABLE "account_roles" (
	"account_id" uuid NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "account_roles_account_id_role_pk" PRIMARY KEY("account_id","role")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"email_key" text NOT NULL,
	"name" text,
	"password_hash" text NOT NULL,
	"password_changed_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "accounts_email_key_unique" UNIQUE("email_key")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text,
	"action" text NOT NULL,
	"target_type" text NOT NULL,
	"target_id" text NOT NULL,
	"ip" text,
	"request_id" text,
	"detail" jsonb
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"secret_hash" "bytea",
	"secret_sid" uuid,
	"secret_created_at" timestamp (3) with time zone,
	"previous_secret_hash" "bytea",
	"previous_secret_sid" uuid,
	"previous_secret_created_at" timestamp (3) with time zone,
	"jwks" jsonb,
	"jwks_sid" uuid,
	"grants" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"audiences" text[] NOT NULL,
	"roles" text[] DEFAULT '{}' NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "password_resets" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "role_scopes" (
	"role" text NOT NULL,
	"scope" text NOT NULL,
	CONSTRAINT "role_scopes_role_scope_pk" PRIMARY KEY("role","scope")
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"name" text PRIMARY KEY NOT NULL,
	"description" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "security_event_sequence" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"last" bigint DEFAULT 0 NOT NULL,
	"epoch" uuid DEFAULT gen_random_uuid() NOT NULL,
	"place" text DEFAULT '' NOT NULL,
	CONSTRAINT "one_row" CHECK ("security_event_sequence"."only")
);
--> statement-breakpoint
CREATE TABLE "security_events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"issued_before" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sid" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"client_id" text NOT NULL,
	"user_agent" text,
	"ip" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"tokens_expire_at" timestamp (3) with time zone NOT NULL,
	"refresh_hash" "bytea" NOT NULL,
	"previous_refresh_hash" "bytea",
	"successor_nonce" "bytea",
	"rotated_at" timestamp (3) with time zone,
	CONSTRAINT "sessions_sid_unique" UNIQUE("sid")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"algorithm" text NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"private_key" "bytea",
	"encryption_key" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"activates_at" timestamp (3) with time zone NOT NULL,
	"retires_at" timestamp (3) with time zone,
	"gone_at" timestamp (3) with time zone,
	"compromised_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "used_client_assertions" (
	"client_id" text NOT NULL,
	"jti" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "used_client_assertions_client_id_jti_pk" PRIMARY KEY("client_id","jti")
);
--> statement-breakpoint
ALTER TABLE "account_roles" ADD CONSTRAINT "account_roles_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_roles" ADD CONSTRAINT "account_roles_role_roles_name_fk" FOREIGN KEY ("role") REFERENCES "public"."roles"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_scopes" ADD CONSTRAINT "role_scopes_role_roles_name_fk" FOREIGN KEY ("role") REFERENCES "public"."roles"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_by_target" ON "audit_log" USING btree ("target_type","target_id");--> statement-breakpoint
CREATE INDEX "security_events_by_end" ON "security_events" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "security_events_by_value" ON "security_events" USING btree ("value");--> statement-breakpoint
CREATE INDEX "sessions_of_account" ON "sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_by_end" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_signing_key" ON "signing_keys" USING btree ((true)) WHERE retires_at is null;--> statement-breakpoint
CREATE INDEX "used_client_assertions_by_end" ON "used_client_assertions" USING btree ("expires_at");--> statement-breakpoint
-- From here on by hand: what the schema in TypeScript cannot say, and the first data.
-- A session is changed in place, at each refresh and when it ends: with room in its page no index is written.
ALTER TABLE "sessions" SET (fillfactor = 50);
--> statement-breakpoint
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
