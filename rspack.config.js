/**
 * What `nest build` does by itself, but for two things: the packages of this repository become part of the app's file (all
 * others stay outside, and are installed beside it), and that is one file.
 */
const isOurs = (/** @type {string | undefined} */ request) => request?.startsWith('@watchword/') === true;

/** @param {import('@rspack/core').Configuration} defaults */
export default (defaults) => ({
  ...defaults,
  output: { ...defaults.output, asyncChunks: false },
  externals: [defaults.externals ?? []]
    .flat()
    .map((external) =>
      typeof external === 'function'
        ? (/** @type {any} */ data, /** @type {any} */ callback) =>
            isOurs(data.request) ? callback() : external(data, callback)
        : external,
    ),
});
