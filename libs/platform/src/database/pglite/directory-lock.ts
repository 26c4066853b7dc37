import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '../../config/make-directory.js';
import { OperatorError } from '../../errors/operator-error.js';
import { isRunning, startTimeOf } from './process-identity.js';

/** A holder touches its lock this often, in milliseconds… */
const HEARTBEAT_MS = 2_000;
/** …so that one which is older than this, and was made on another host or container, is nobody's. */
const ABANDONED_MS = 10_000;
const RETRY_MS = 50;

export interface LockOptions {
  /** What is locked, for the message. */
  readonly purpose: string;
  /** How long to wait for a living holder, in milliseconds; default 0. */
  readonly waitMs?: number;
}

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the system counts it; tells it from a later process with the same pid. */
  readonly started: string | undefined;
}

/** Somebody else holds the lock. The message names the process. */
export class LockedError extends OperatorError {
  override readonly name = 'LockedError';
}

/**
 * A file that one living process holds. That of a killed process is taken over.
 *
 * On the same host a holder is known by pid and start time. Containers that share a volume don't see each other's
 * processes, so there the heartbeat decides, and a takeover waits until it has been silent for ten seconds.
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

  /** @throws LockedError if a living process holds it */
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

  /** Gives it up. Safe to call twice. */
  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    if ((await readHolder(this.path))?.id === this.id) await rm(this.path, { force: true });
  }
}

/** Of a file that a crash of the machine left empty: its age decides. */
const UNKNOWN: Holder = { id: '', pid: 0, host: '', started: undefined };

/** Creates the file with its whole content in one step, so that nobody reads a half-written one. */
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

/** One contender alone may remove it, and only while it is still the one that was found abandoned. */
async function removeAbandoned(path: string, holder: Holder): Promise<void> {
  const doomed = `${path}.abandoned-${holder.id}`;
  try {
    await link(path, doomed);
  } catch {
    // Another contender is at it, or it is gone already. One that died half-way is passed after a while.
    const since = (await stat(doomed).catch(() => undefined))?.ctimeMs;
    if (since !== undefined && Date.now() - since > ABANDONED_MS) await rm(doomed, { force: true });
    else await sleep(RETRY_MS);
    return;
  }
  try {
    // No rename: between two links of one file it does nothing (rename(2)).
    if ((await readHolder(path))?.id === holder.id) await rm(path, { force: true });
  } finally {
    await rm(doomed, { force: true });
  }
}

function message(purpose: string, path: string, { pid, host }: Holder): string {
  const where = host === hostname() ? '' : ` on ${host}`;
  return `Another process (pid ${String(pid)}${where}) has ${purpose} open. Stop it first, or set DATA_DIR or DATABASE_URL. Its lock is ${path}`;
}
