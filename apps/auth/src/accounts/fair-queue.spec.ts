import fc from 'fast-check';
import { FairQueue } from './fair-queue.js';

const OVERLOADED = { kind: 'unavailable', code: 'overloaded' };

/** Work that is done when the test says so. */
function manual() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => void ends.push(resolve));
  };
  const finishOne = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, work, finishOne };
}

describe('a fair queue', () => {
  it('gives each group its turn, however many of another wait before it', async () => {
    const queue = new FairQueue({ concurrency: 1, queueLimit: 100 });
    const { begun, work, finishOne } = manual();
    const jobs = [0, 1, 2, 3].map((n) => queue.run('crowd', work(`crowd ${String(n)}`)));
    jobs.push(queue.run('ada', work('ada')));
    for (let left = jobs.length; left > 0; left -= 1) await finishOne();
    await Promise.all(jobs);
    expect(begun.indexOf('ada')).toBe(2);
  });

  it('lets a newcomer take the place of a group that fills it', async () => {
    const queue = new FairQueue({ concurrency: 1, queueLimit: 3 });
    const { begun, work, finishOne } = manual();
    const crowd = [0, 1, 2, 3].map((n) => queue.run('crowd', work(`crowd ${String(n)}`)));
    await expect(queue.run('crowd', work('crowd 4'))).rejects.toMatchObject(OVERLOADED);
    const ada = queue.run('ada', work('ada'));
    await expect(crowd[3]).rejects.toMatchObject(OVERLOADED);
    for (let left = 4; left > 0; left -= 1) await finishOne();
    await Promise.all([ada, ...crowd.slice(0, 3)]);
    expect(begun).toContain('ada');
  });

  it('loses no place and lets nobody wait forever, whatever comes', async () => {
    const group = fc.constantFrom('a', 'b', 'c');
    await fc.assert(
      fc.asyncProperty(
        fc.array(group, { maxLength: 40 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 3 }),
        async (groups, queueLimit, concurrency) => {
          const queue = new FairQueue({ concurrency, queueLimit });
          let running = 0;
          const results = await Promise.allSettled(
            groups.map((name) =>
              queue.run(name, async () => {
                running += 1;
                expect(running).toBeLessThanOrEqual(concurrency);
                await Promise.resolve();
                running -= 1;
              }),
            ),
          );
          const done = results.filter(({ status }) => status === 'fulfilled').length;
          expect(done).toBeGreaterThanOrEqual(Math.min(groups.length, concurrency + queueLimit));
          await expect(queue.run('late', () => Promise.resolve('done'))).resolves.toBe('done');
        },
      ),
    );
  });

  it('keeps nobody out whose network is not the one that floods', async () => {
    const queue = new FairQueue({ concurrency: 1, queueLimit: 20 });
    const flood = { over: false };
    const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
    const workers = Array.from({ length: 110 }, async () => {
      while (!flood.over) await queue.run('flood', tick).catch(tick);
    });
    const others = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => queue.run(`other ${String(n)}`, tick)),
    );
    flood.over = true;
    await Promise.all(workers);
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
  });
});
