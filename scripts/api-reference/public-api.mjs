import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Application, Converter, ReflectionKind } from 'typedoc';

/**
 * What a package exports, as TypeDoc reads it from the entry points that its manifest names.
 *
 * @param {string} home the folder of the package
 * @param {Partial<import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions>} options
 */
export async function readPublicApi(home, options) {
  const modules = await modulesByName(home);
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: [...modules.values()].map(({ source }) => source),
    tsconfig: join(home, 'tsconfig.lib.json'),
    logLevel: 'Warn',
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    // Without line numbers, a page changes only when the API does.
    disableSources: true,
    sort: ['kind', 'source-order'],
    sortEntryPoints: false,
    alwaysCreateEntryPointModule: true,
    validation: { invalidLink: true, notDocumented: true, notExported: true },
    requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable', 'Method', 'Accessor'],
    treatWarningsAsErrors: true,
    ...options,
  });
  nameModules(app, modules);
  nameParameters(app);
  const project = await app.convert();
  if (project === undefined) throw new Error(`TypeDoc could not read ${home}: see its messages above`);
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc warns: mend what it names above');
  return { app, project };
}

/** A thing that two entry points export is described at the first of them: `verification` comes before the main one. */
const FIRST = ['./verification', '.'];

/**
 * By the name that TypeDoc gives the module of an entry point.
 *
 * @typedef {{ readonly source: string, readonly page: string }} Module
 * @param {string} home
 * @returns {Promise<ReadonlyMap<string, Module>>}
 */
async function modulesByName(home) {
  /** @type {{ exports: Record<string, { types: string } | string> }} */
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  const rank = (/** @type {string} */ subpath) => FIRST.toReversed().indexOf(subpath);
  const entries = Object.entries(manifest.exports).sort(([a], [b]) => rank(b) - rank(a));
  return new Map(
    entries.flatMap(([subpath, target]) => {
      if (typeof target === 'string') return [];
      const name = target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1');
      return [[name, { source: join(home, 'src', `${name}.ts`), page: subpath === '.' ? 'auth' : subpath.slice(2) }]];
    }),
  );
}

/**
 * A page is named as the import is, not as the file of the entry point.
 *
 * @param {Application} app
 * @param {ReadonlyMap<string, Module>} modules
 */
function nameModules(app, modules) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const module = modules.get(reflection.name);
    if (module === undefined) throw new Error(`No entry point of package.json is named ${reflection.name}`);
    reflection.name = module.page;
  });
}

/**
 * A parameter that is taken apart in the signature has no name in the code.
 *
 * @param {Application} app
 */
function nameParameters(app) {
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_context, reflection) => {
    if (reflection.name === '__namedParameters') reflection.name = 'options';
  });
}

/** @param {string} page */
export const importOf = (page) => (page === 'auth' ? '@watchword/auth' : `@watchword/auth/${page}`);
