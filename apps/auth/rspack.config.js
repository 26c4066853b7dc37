import { dirname, join } from 'node:path';
import common from '../../rspack.config.js';

/**
 * Builds a second program beside the app: `recover.js`, which an operator runs by hand.
 *
 * @param {import('@rspack/core').Configuration & { readonly entry: string }} defaults Nest's own
 */
export default (defaults) => {
  const configuration = common(defaults);
  return {
    ...configuration,
    entry: { main: defaults.entry, recover: join(dirname(defaults.entry), 'recover.ts') },
    output: { ...configuration.output, filename: join('apps/auth', '[name].js') },
  };
};
