import { measure, type Table } from '../measure/measure.js';
import type { Contender } from '../measure/sample.js';
import { Child } from '../process/child.js';
import { POOL } from '../load/bearer-requests.js';
import type { Bench } from '../bench-settings.js';
import { contestants } from './contestants.js';
import type { Spent, Work } from './verifier.js';

const CACHED = ['fast-jwt, cache of 20,000', 'watchword'];
const UNCACHED = ['jose, local key set', 'watchword', 'watchword, no cache', 'fast-jwt, no cache', 'aws-jwt-verify'];

/** The verifiers alone, in process: tokens seen before and tokens never seen. */
export async function* verifierSuite(bench: Bench): AsyncGenerator<Table> {
  const children = new Map<string, Child>();
  try {
    for (const name of Object.keys(contestants)) {
      const child = await Child.start('verifier', name);
      children.set(name, child);
      await child.ask('start', { settings: bench.settings, keys: bench.keys, size: POOL });
    }
    const contenders = (names: readonly string[], command: string, work: Work): [Contender, ...Contender[]] =>
      names.map((name) => contender(name, children.get(name)!, command, work)) as [Contender, ...Contender[]];
    const seen = { count: Math.ceil(20 * bench.scale) * POOL, atOnce: 1 };
    const count = Math.ceil(3000 * bench.scale);
    yield await measure(bench, {
      title: 'Verify a token seen before: a pool of 10,000, a new string each time',
      unit: 'verifications',
      contenders: contenders(CACHED, 'seen', seen),
    });
    yield await measure(bench, {
      title: 'Verify a token never seen, ES256, one after the other',
      unit: 'verifications',
      contenders: contenders(UNCACHED, 'unseen', { count, atOnce: 1 }),
    });
    yield await measure(bench, {
      title: 'Verify a token never seen, ES256, 16 at once',
      unit: 'verifications',
      contenders: contenders(UNCACHED, 'unseen', { count, atOnce: 16 }),
    });
  } finally {
    await Promise.all([...children.values()].map((child) => child.close()));
  }
}

/** One verifier's process, given the same work each round. */
export function contender(name: string, child: Child, command: string, work: Work): Contender {
  return {
    name,
    round: async () => {
      const { seconds, cpu } = await child.ask<Spent>(command, work);
      return { perSecond: work.count / seconds, cpuMicroseconds: (cpu / work.count) * 1e6 };
    },
  };
}
