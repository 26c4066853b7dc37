ALTER TABLE "rate_limits" DROP COLUMN "expire";
--> statement-breakpoint
ALTER TABLE "rate_limits" ADD COLUMN "expire" timestamp (3) with time zone;
