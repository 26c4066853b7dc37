import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './compose-file.js';

/** One instruction of a Dockerfile: `COPY`, and what stands behind it. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A stage by its name; the last one has none. */
export interface Stage {
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of the Dockerfile, in its order. */
export async function readStages(): Promise<readonly Stage[]> {
  const lines = (await readFile(join(root, 'Dockerfile'), 'utf8'))
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push({ name: /\bAS (\w+)$/i.exec(text)?.[1], instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text });
  }
  return stages;
}

/** What stands behind each of a stage's instructions of one kind. */
export const textsOf = ({ instructions }: Stage, name: string): string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);

/** What `.dockerignore` lets into the context of the build. */
export async function readIgnored(): Promise<{
  readonly allowed: readonly string[];
  readonly ignores: (name: string) => boolean;
}> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n').filter((line) => line !== '');
  const anywhere = lines
    .filter((line) => line.startsWith('**/'))
    .map((line) => new RegExp(`^${line.slice(3).replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
  return {
    allowed: lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)),
    ignores: (name) => anywhere.some((pattern) => pattern.test(name)),
  };
}
