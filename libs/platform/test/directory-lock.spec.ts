import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryLock } from '../src/database/pglite/directory-lock.js';
import { bundle } from './fixtures/bundle.js';
import { RunningProcess } from './fixtures/running-process.js';

describe('the lock of a directory', () => {
  let directory: string;
  let path: string;

  const acquire = (waitMs?: number) =>
    DirectoryLock.acquire(path, { purpose: 'the thing', ...(waitMs === undefined ? {} : { waitMs }) });
  const plant = (holder: object) =>
    writeFile(path, JSON.stringify({ id: 'planted', pid: 2 ** 22 + 1, host: hostname(), ...holder }));
  const expectFree = async () => {
    const lock = await acquire();
    expect(await readdir(directory)).toEqual(['thing.lock']);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  };
  const age = (seconds: number) => utimes(path, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watchword-lock-'));
    path = join(directory, 'thing.lock');
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('is taken over from a process that was killed', async () => {
    const holder = await bundle('locking-process.ts');
    const running = RunningProcess.start(holder.file, {}, [path]);
    try {
      await running.line(({ msg }) => msg === 'ready');
      await expect(acquire()).rejects.toThrow(`Another process (pid ${String(running.pid)}) has the thing open`);
      running.signal('SIGKILL');
      await running.exit();
      await expectFree();
    } finally {
      await running.end();
      await holder.remove();
    }
  }, 60_000);

  it('is not taken for held because another process got the pid of its holder', async () => {
    await plant({ pid: process.pid, started: 'another boot:1' });
    await expectFree();
  });

  it('is held by a process on another host that touched it lately', async () => {
    await plant({ host: 'elsewhere' });
    await expect(acquire()).rejects.toThrow(/on elsewhere\) has the thing open/);
  });

  it('is taken over from a process on another host that has been silent', async () => {
    await plant({ host: 'elsewhere' });
    await age(11);
    await expectFree();
  });

  it('is taken over when a crash of the machine left it empty', async () => {
    await writeFile(path, '');
    await age(11);
    await expectFree();
  });

  it('is held by one at a time, also when all contend for an abandoned one', async () => {
    await plant({});
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const lock = await acquire(60_000);
        most = Math.max(most, ++holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders--;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  }, 60_000);

  it('is not given up by a former holder who lost it', async () => {
    const former = await acquire();
    await plant({ id: 'another' });
    await former.release();
    expect(await readdir(directory)).toEqual(['thing.lock']);
  });
});
