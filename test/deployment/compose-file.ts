import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../..');

export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly args: { readonly APP: string } };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly configs?: readonly { readonly source: string }[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly configs: Readonly<Record<string, { readonly content?: string; readonly file?: string }>>;
}

export const composeText = await readFile(join(root, 'docker-compose.yml'), 'utf8');

export const compose = parse(composeText, { merge: true }) as ComposeFile;

/** A variable that the compose file takes from its environment: `${NAME:?hint}` must be given, `${NAME:-value}` may. */
export interface ComposeVariable {
  readonly name: string;
  readonly hint?: string;
  readonly defaultValue?: string;
}

const REFERENCE = /\$\{(\w+)(?::(\?|-)([^}]*))?\}/g;

export function variablesIn(text: string): ComposeVariable[] {
  const found = new Map<string, ComposeVariable>();
  for (const [, name = '', kind, rest = ''] of text.matchAll(REFERENCE)) {
    found.set(name, { name, ...(kind === '?' && { hint: rest }), ...(kind === '-' && { defaultValue: rest }) });
  }
  return [...found.values()];
}

/** Replaces the references as compose does. */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(REFERENCE, (_all, name: string, kind: string | undefined, rest: string) => {
    const value = values[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} is not given`);
    return value;
  });
}
