import { dirname, join } from 'node:path';

/**
 * Builds a second program beside the app: `recover.js`, which an operator runs by hand.
 *
 * @param {{ readonly entry: string, readonly output: Readonly<Record<string, unknown>> }} options Nest's own
 */
// oxlint-disable-next-line import/no-default-export -- nest build reads the default export
export default ({ entry, output }) => ({
  entry: { main: entry, recover: join(dirname(entry), 'recover.ts') },
  output: { ...output, filename: join('apps/auth', '[name].js') },
});
