import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate --config apps/auth/drizzle.config.ts` makes a migration of what changed in the schema. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './apps/auth/src/database/schema/index.ts',
  out: './apps/auth/src/database/migrations',
});
