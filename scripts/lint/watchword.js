/** The house's own lint rules (docs/architecture.md), in ESLint's plugin form. */

const noExportAll = {
  meta: { type: 'problem' },
  create: (/** @type {{ report(problem: { node: unknown, message: string }): void }} */ context) => ({
    ExportAllDeclaration(/** @type {unknown} */ node) {
      context.report({ node, message: 'Export by name: `export *` makes the public surface by accident.' });
    },
  }),
};

export default {
  meta: { name: 'watchword' },
  rules: { 'no-export-all': noExportAll },
};
