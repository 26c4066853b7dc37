/**
 * `npm run docs:api`: writes `docs/api`, a page for each entry point of `@watchword/auth`, from the code.
 * `test/package/api-reference.spec.ts` holds the pages to it.
 *
 * With `--package` it reads another package, with `--out` the pages go to another folder. With `--examples` the code of each `@example`, and the names of the exports
 * without one, go to that file, as JSON.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';
import { examplesOf, exportsWithoutExample } from './api-reference/examples.mjs';
import { importOf, readPublicApi } from './api-reference/public-api.mjs';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    package: { type: 'string', default: join(root, 'libs/auth') },
    out: { type: 'string', default: join(root, 'docs/api') },
    examples: { type: 'string' },
  },
});

const { app, project } = await readPublicApi(values.package, {
  out: values.out,
  name: '@watchword/auth',
  readme: join(import.meta.dirname, 'api-reference/introduction.md'),
  mergeReadme: true,
  router: 'module',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGenerator: true,
  pageTitleTemplates: { module: ({ name }) => importOf(name) },
  indexFormat: 'table',
  useCodeBlocks: true,
  parametersFormat: 'table',
  classPropertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: true, hideOverrides: true },
});
app.renderer.on(MarkdownPageEvent.END, (/** @type {{ contents?: string }} */ page) => {
  page.contents = (page.contents ?? '').replace(/ +$/gm, '');
});
await rm(values.out, { recursive: true, force: true });
await app.generateOutputs(project);
if (values.examples !== undefined) {
  const found = { examples: examplesOf(project), missing: exportsWithoutExample(project) };
  await writeFile(values.examples, JSON.stringify(found));
}
