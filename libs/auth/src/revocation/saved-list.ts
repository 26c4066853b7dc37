import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSavedRevocations, type SavedRevocations } from './revocation-list.js';

/**
 * Saves the list for a service that starts while the issuer is down. The file is replaced atomically, so that a crash leaves the
 * previous file. Only its owner can read it.
 */
export async function saveList(file: string, issuer: string, list: SavedRevocations): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.next`;
  await writeFile(next, JSON.stringify({ issuer, list }), { mode: 0o600 });
  await rename(next, file);
}

/** @returns undefined if the file does not exist, is damaged, or is of another issuer */
export async function readSavedList(file: string, issuer: string): Promise<SavedRevocations | undefined> {
  try {
    const saved = JSON.parse(await readFile(file, 'utf8')) as { issuer?: unknown; list?: unknown };
    return saved.issuer === issuer && isSavedRevocations(saved.list) ? saved.list : undefined;
  } catch {
    return undefined;
  }
}
