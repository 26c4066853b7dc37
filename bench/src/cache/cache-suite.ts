import type { Bench } from '../bench-settings.js';
import { POOL } from '../load/bearer-requests.js';
import { measure, type Table } from '../measure/measure.js';
import { Child } from '../process/child.js';
import type { Sheet } from '../report/print-table.js';
import { contender } from '../verifier/verifier-suite.js';

/** By name, the program with one part of the cache replaced by the stand-in of `without/`; build.mjs makes them. */
const PROGRAMS = {
  watchword: 'verifier',
  'a Map by whole tokens': 'without-token-cache/verifier',
  'a set for each token': 'without-shared-sets/verifier',
  'nothing frozen': 'without-frozen/verifier',
  'size by the length alone': 'without-estimated-bytes/verifier',
};

/** What each part of `libs/auth/src/verification/cache` brings, and costs. */
export async function* cacheSuite(bench: Bench): AsyncGenerator<Table | Sheet> {
  const children: [name: string, Child][] = [];
  const memory: [name: string, bytes: string][] = [];
  try {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const child = await Child.start(program, 'watchword');
      children.push([name, child]);
      await child.ask('start', { settings: bench.settings, keys: bench.keys, size: POOL });
      memory.push([name, String(Math.round(await child.ask<number>('weigh')))]);
    }
    const contenders = (command: string, count: number, atOnce: number) => {
      const [first, ...others] = children.map(([name, child]) => contender(name, child, command, { count, atOnce }));
      return [first!, ...others] as const;
    };
    yield { title: 'Memory of a token in the cache', head: ['', 'bytes'], rows: memory };
    yield await measure(bench, {
      title: 'The cache with a part replaced: tokens seen before',
      unit: 'verifications',
      contenders: contenders('seen', Math.ceil(20 * bench.scale) * POOL, 1),
    });
    yield await measure(bench, {
      title: 'The cache with a part replaced: tokens never seen, 16 at once',
      unit: 'verifications',
      contenders: contenders('unseen', Math.ceil(3000 * bench.scale), 16),
    });
  } finally {
    await Promise.all(children.map(([, child]) => child.close()));
  }
}
