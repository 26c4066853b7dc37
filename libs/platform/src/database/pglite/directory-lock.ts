import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '../../config/make-directory.js';
import { OperatorError } from '../../errors/operator-error.js';
import { isRunning, startTimeOf } from './process-identity.js';

/** The holder touches its lock in this interval, in milliseconds. */
const HEARTBEAT_MS = 2_000;
/** A lock of another host or container that was not touched for so long is abandoned, in milliseconds. */
const ABANDONED_MS = 10_000;
const RETRY_MS = 50;

export interface LockOptions {
  /** The locked thing, for the message. */
  readonly purpose: string;
  /** How long to wait for a living holder, in milliseconds; default 0. */
  readonly waitMs?: number;
}

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the unit of the system. Distinguishes it from a later process with the same pid. */
  readonly started: string | undefined;
}

/** Another process holds the lock. The message names it. */
export class LockedError extends OperatorError {
  override readonly name = 'LockedError';
}

/**
 * A lock file that one running process holds. The lock of a killed process is taken over.
 *
 * On the same host, the holder is identified by pid and start time. Containers that share a volume do not see each other's
 * processes. There the heartbeat decides: the lock is taken over when it was not touched for ten seconds.
 */
export class DirectoryLock {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly id: string,
  ) {
    this.heartbeat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, HEARTBEAT_MS).unref();
  }

  /** @throws LockedError if a running process holds it */
  static async acquire(path: string, { purpose, waitMs = 0 }: LockOptions): Promise<DirectoryLock> {
    makeDirectory(dirname(path));
    const me: Holder = {
      id: randomUUID(),
      pid: process.pid,
      host: hostname(),
      started: await startTimeOf(process.pid),
    };
    const deadline = Date.now() + waitMs;
    for (;;) {
      if (await take(path, me)) return new DirectoryLock(path, me.id);
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      const state = await stateOf(path, holder);
      if (state === 'gone') await removeAbandoned(path, holder);
      else if (state === 'living' && Date.now() >= deadline) throw new LockedError(message(purpose, path, holder));
      else await sleep(RETRY_MS);
    }
  }

  /** Releases the lock. It may be called twice. */
  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    if ((await readHolder(this.path))?.id === this.id) await rm(this.path, { force: true });
  }
}

/** The holder of a file that is empty after a crash of the machine: there the age of the file decides. */
const UNKNOWN: Holder = { id: '', pid: 0, host: '', started: undefined };

/** Creates the file with its content atomically, so that nobody reads an incomplete file. */
async function take(path: string, me: Holder): Promise<boolean> {
  const draft = `${path}.${me.id}`;
  await writeFile(draft, JSON.stringify(me), { flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return UNKNOWN;
  }
}

async function stateOf(path: string, holder: Holder): Promise<'living' | 'gone' | 'unsure'> {
  if (holder.host === hostname()) return (await isRunning(holder.pid, holder.started)) ? 'living' : 'gone';
  const touched = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
  const silentMs = Date.now() - touched;
  if (silentMs > ABANDONED_MS) return 'gone';
  return silentMs > 2 * HEARTBEAT_MS ? 'unsure' : 'living';
}

/** Only one process may remove the file, and only if it is still the one that was found abandoned. */
async function removeAbandoned(path: string, holder: Holder): Promise<void> {
  const doomed = `${path}.abandoned-${holder.id}`;
  try {
    await link(path, doomed);
  } catch {
    // Another process is removing it, or it is already removed. If that process was killed meanwhile, try again after a while.
    const since = (await stat(doomed).catch(() => undefined))?.ctimeMs;
    if (since !== undefined && Date.now() - since > ABANDONED_MS) await rm(doomed, { force: true });
    else await sleep(RETRY_MS);
    return;
  }
  try {
    // Not by rename: it does nothing if both names are links to the same file (rename(2)).
    if ((await readHolder(path))?.id === holder.id) await rm(path, { force: true });
  } finally {
    await rm(doomed, { force: true });
  }
}

function message(purpose: string, path: string, { pid, host }: Holder): string {
  const where = host === hostname() ? '' : ` on ${host}`;
  return `Another process (pid ${String(pid)}${where}) has ${purpose} open. Stop it first, or set DATA_DIR or DATABASE_URL. Its lock is ${path}`;
}
