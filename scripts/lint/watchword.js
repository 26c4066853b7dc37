/** The house's own lint rules (docs/architecture.md), in ESLint's plugin form. */

const noExportAll = {
  meta: { type: 'problem' },
  create: (context) => ({
    ExportAllDeclaration(node) {
      context.report({ node, message: 'Export by name: `export *` makes the public surface by accident.' });
    },
  }),
};

export default {
  meta: { name: 'watchword' },
  rules: { 'no-export-all': noExportAll },
};
