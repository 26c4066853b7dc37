import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Writes a run as JSON into bench/results/ and answers where. */
export async function writeResults(results: object): Promise<string> {
  const at = new Date().toISOString();
  const folder = join(import.meta.dirname, '../results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${at.replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify({ at, ...results }, undefined, 2)}\n`);
  return relative(process.cwd(), file);
}
