import { defineConfig } from 'drizzle-kit';

/** For `npx drizzle-kit generate --config apps/catalog/drizzle.config.ts`, run at the root of the workspace. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './apps/catalog/src/database/schema.ts',
  out: './apps/catalog/src/database/migrations',
});
