import type { Bench } from '../bench-settings.js';
import { median } from '../measure/sample.js';
import { Child } from '../process/child.js';
import type { Sheet } from '../report/print-table.js';
import type { ServicePorts } from '../services/service.js';
import type { ServiceStart } from '../services/settings.js';
import { TokenMint } from '../tokens/token-mint.js';
import type { GoodRequests } from './good-requests.js';
import type { Flood } from './made-up-messages.js';

const KIDS_A_SECOND = 10_000;
const SECONDS = 20;
const ROUNDS = 3;

/**
 * Good requests beside 20 s of 10,000 tokens a second whose kid nobody knows, and for as long without them. An app without
 * authentication gets the same messages: what it takes to receive them at all.
 */
export async function* floodSuite({ settings, keys, scale }: Bench): AsyncGenerator<Sheet> {
  const attacker = await Child.start('load');
  const client = await Child.start('load');
  const services: Child[] = [];
  const [token = ''] = new TokenMint(keys, 'watchword').mint(1);
  const seconds = SECONDS * scale;

  async function besiege(authentication: string) {
    const service = await Child.start('service', authentication);
    services.push(service);
    const ports = await service.ask<ServicePorts>('start', { settings, isPrepared: true } satisfies ServiceStart);
    const good = { port: ports.http, token, seconds } satisfies GoodRequests;
    const flood = { port: ports.tcp, token, perSecond: KIDS_A_SECOND, seconds } satisfies Flood;
    await attacker.ask('prepareFlood', flood);
    await Promise.all([client.ask('good', good), attacker.ask('flood', flood)]); // warms up
    const calm: Period[] = [];
    const flooded: Period[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      calm.push(await period(service, client.ask('good', good)));
      flooded.push(await period(service, client.ask('good', good), attacker.ask('flood', flood)));
    }
    await service.close();
    return { calm, flooded };
  }

  try {
    const open = await besiege('none');
    const guarded = await besiege('watchword');
    yield {
      title: 'Good HTTP requests during a flood of made-up kids (over TCP, into the same verifier)',
      head: ['', 'kids/s', 'good requests/s', 'median ms', 'p99 ms', 'CPU of the service'],
      rows: [
        row('none, before', open.calm),
        row('none, during', open.flooded),
        row('watchword, before', guarded.calm),
        row('watchword, during', guarded.flooded),
      ],
      verdict: {
        what: 'p99 of good requests during the flood ÷ before',
        bound: 'at most',
        target: 2,
        measured: median(guarded.flooded.map(({ p99 }, i) => p99 / guarded.calm[i]!.p99)),
      },
    };
  } finally {
    await Promise.all([attacker, client, ...services].map((child) => child.close()));
  }
}

interface Period {
  readonly kidsPerSecond: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly middle: number;
  /** Milliseconds. */
  readonly p99: number;
  /** CPU seconds a second. */
  readonly cores: number;
}

async function period(
  service: Child,
  timed: Promise<readonly number[]>,
  flood: Promise<number> = Promise.resolve(0),
): Promise<Period> {
  const before = await service.ask<number>('cpu');
  const started = performance.now();
  const [latencies, sent] = await Promise.all([timed, flood]);
  const seconds = (performance.now() - started) / 1000;
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    kidsPerSecond: sent / seconds,
    requestsPerSecond: latencies.length / seconds,
    middle: median(sorted),
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
    cores: ((await service.ask<number>('cpu')) - before) / seconds,
  };
}

function row(name: string, periods: readonly Period[]): string[] {
  const of = (figure: (period: Period) => number): number => median(periods.map(figure));
  return [
    name,
    of((p) => p.kidsPerSecond).toFixed(0),
    of((p) => p.requestsPerSecond).toFixed(0),
    of((p) => p.middle).toFixed(2),
    of((p) => p.p99).toFixed(2),
    `${(of((p) => p.cores) * 100).toFixed(0)} %`,
  ];
}
