import { defineConfig } from 'drizzle-kit';

/** For `npx drizzle-kit generate --config apps/inventory/drizzle.config.ts`, run at the root of the workspace. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './apps/inventory/src/database/schema.ts',
  out: './apps/inventory/src/database/migrations',
});
