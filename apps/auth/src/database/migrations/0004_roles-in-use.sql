ALTER TABLE "account_roles" DROP CONSTRAINT "account_roles_role_roles_name_fk";
--> statement-breakpoint
ALTER TABLE "account_roles" ADD CONSTRAINT "account_roles_role_roles_name_fk" FOREIGN KEY ("role") REFERENCES "public"."roles"("name") ON DELETE no action ON UPDATE no action;