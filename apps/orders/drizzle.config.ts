import { defineConfig } from 'drizzle-kit';

/** For `npx drizzle-kit generate --config apps/orders/drizzle.config.ts`, run at the root of the workspace. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './apps/orders/src/database/schema.ts',
  out: './apps/orders/src/database/migrations',
});
