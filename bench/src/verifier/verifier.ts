import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerParent } from '../process/answer-parent.js';
import type { ServiceSettings } from '../services/settings.js';
import { TokenMint, type MintKeys } from '../tokens/token-mint.js';
import { spoilSignature } from '../tokens/spoil.js';
import { contestants } from './contestants.js';
import type { VerifyToken } from './verify-token.js';

export interface Work {
  /** How many verifications are under way at a time. */
  readonly atOnce: number;
  readonly count: number;
}

export interface Spent {
  readonly seconds: number;
  readonly cpu: number;
}

let mint: TokenMint;
let pool: Buffer[] = [];
let verify: VerifyToken;

/** One library's verifier in a process of its own, so that no other's types and garbage slow it down. */
answerParent({
  start: async ({ settings, keys, size }: { settings: ServiceSettings; keys: MintKeys; size: number }) => {
    mint = new TokenMint(keys, 'watchword');
    pool = mint.mint(size).map((token) => Buffer.from(token));
    verify = await contestants[process.argv[2] ?? '']!(settings);
    await refusesForgeries();
    await seen({ count: size });
  },
  weigh,
  seen,
  unseen: ({ count, atOnce }: Work): Promise<Spent> => all(mint.mint(count), atOnce),
});

/** A library that does not check is not compared. */
async function refusesForgeries(): Promise<void> {
  const [good = '', other = ''] = [mint.mint(1)[0], mint.mint(1, 'another-service')[0]];
  await verify(good);
  for (const bad of [spoilSignature(good), other]) {
    const refused = await Promise.resolve()
      .then(() => verify(bad))
      .then(
        () => false,
        () => true,
      );
    if (!refused) throw new Error('A bad token was taken');
  }
}

/** Bytes of memory that a token takes once it was verified, beside those of the pool itself. */
async function weigh(): Promise<number> {
  const tokens = mint.mint(WEIGHED).map((token) => Buffer.from(token));
  const before = await usedMemory();
  for (const token of tokens) await verify(token.toString('latin1'));
  return ((await usedMemory()) - before) / tokens.length;
}

/** With the pool they fit into the cache, by their number and by its estimate of their size. */
const WEIGHED = 5_000;

async function usedMemory(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What is freed by a finalizer is counted until the collection after.
  for (let times = 0; times < 3; times += 1) {
    collect();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * The pool in turn, as a server gets it from its sockets: each time another string, whose hash V8 does not know.
 * Strings are made a few at a time, outside the measurement, so that each is as fresh as one that was just received.
 */
async function seen({ count }: Pick<Work, 'count'>): Promise<Spent> {
  const spent = { seconds: 0, cpu: 0 };
  for (let done = 0; done < count; done += FRESH) {
    const from = done % pool.length;
    const strings = pool.slice(from, from + FRESH).map((bytes) => bytes.toString('latin1'));
    const { seconds, cpu } = await all(strings, 1);
    spent.seconds += seconds;
    spent.cpu += cpu;
  }
  return spent;
}

/** Divides the pool; few enough that they stay in the processor's cache, enough that reading the clock is nothing. */
const FRESH = 250;

async function all(tokens: readonly string[], atOnce: number): Promise<Spent> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  if (atOnce === 1) await inTurn(tokens, 0, 1);
  else await Promise.all(Array.from({ length: atOnce }, (_, i) => inTurn(tokens, i, atOnce)));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpu: (user + system) / 1e6 };
}

/** Awaits only what is a promise: an answer in place is part of what a cache is for. */
async function inTurn(tokens: readonly string[], from: number, step: number): Promise<void> {
  for (let i = from; i < tokens.length; i += step) {
    const result = verify(tokens[i]!);
    if (result instanceof Promise) await result;
  }
}
