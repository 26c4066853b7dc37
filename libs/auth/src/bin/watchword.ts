#!/usr/bin/env node
/**
 * `npx watchword routes dist/app.module.js`: prints what every handler of an application requires. Nothing of the application is
 * started: no provider is made, and nothing is connected.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AuthAudit } from '../nest/boot/auth-audit.js';
import { routesTable } from './routes-table.js';

const USAGE = `Usage: watchword routes <module file> [--export AppModule] [--json]

  <module file>  the compiled file of the root module: dist/app.module.js
  --export       the name of the module in that file; by default the only one, or AppModule
  --json         as JSON, for scripts`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { export: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  const [command, file] = positionals;
  if (values.help === true) return print(USAGE);
  if (command !== 'routes' || file === undefined) throw new Error(USAGE);
  const module = await moduleOf(file, values.export);
  const app = await NestFactory.createApplicationContext(module, { preview: true, abortOnError: false, logger: false });
  const handlers = new AuthAudit(app.get(ModulesContainer)).handlers();
  print(values.json ? JSON.stringify(handlers, undefined, 2) : routesTable(handlers));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function moduleOf(file: string, name: string | undefined): Promise<Type> {
  const exported = (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>;
  const classes = Object.entries(exported).filter(([, value]) => typeof value === 'function');
  const [only] = classes.length === 1 ? classes : classes.filter(([each]) => each === (name ?? 'AppModule'));
  const found = name === undefined ? only?.[1] : exported[name];
  if (typeof found === 'function') return found as Type;
  const there = classes.map(([each]) => each).join(', ') || 'no class';
  throw new Error(
    `${file} exports ${there}, and not ${name ?? 'AppModule'}. Name the root module: --export RootModule`,
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
