import type { Bench } from '../bench-settings.js';
import { median } from '../measure/sample.js';
import { Child } from '../process/child.js';
import type { Sheet } from '../report/print-table.js';
import type { ServicePorts } from '../services/service.js';
import { TokenMint } from '../tokens/token-mint.js';
import type { GoodRequests } from './good-requests.js';
import type { Flood } from './made-up-messages.js';

const KIDS_A_SECOND = 10_000;
const SECONDS = 20;

/** Good requests before and during 20 s of 10,000 tokens a second whose kid nobody knows. */
export async function* floodSuite({ settings, keys, scale }: Bench): AsyncGenerator<Sheet> {
  const service = await Child.start('service', 'watchword');
  const attacker = await Child.start('load');
  const client = await Child.start('load');
  try {
    const ports = await service.ask<ServicePorts>('start', settings);
    const [token = ''] = new TokenMint(keys, 'watchword').mint(1);
    const seconds = SECONDS * scale;
    const good = { port: ports.http, token, seconds } satisfies GoodRequests;
    const flood = { port: ports.tcp, token, perSecond: KIDS_A_SECOND, seconds } satisfies Flood;
    await attacker.ask('prepareFlood', flood);
    await attacker.ask('flood', { ...flood, seconds: seconds / 4 });
    const before = await measured(client.ask('good', good));
    const [during, sent] = await Promise.all([
      measured(client.ask('good', good)),
      attacker.ask<number>('flood', flood),
    ]);
    yield {
      title: 'Good HTTP requests during a flood of made-up kids (over TCP, into the same verifier)',
      head: ['', 'kids/s', 'good requests', 'median ms', 'p99 ms', 'CPU of the service'],
      rows: [row('before', 0, before), row('during', sent / seconds, during)],
    };
  } finally {
    await Promise.all([service, attacker, client].map((child) => child.close()));
  }

  async function measured(latencies: Promise<readonly number[]>): Promise<Measured> {
    const started = await service.ask<number>('cpu');
    const sorted = (await latencies).toSorted((a, b) => a - b);
    return { sorted, cores: ((await service.ask<number>('cpu')) - started) / (SECONDS * scale) };
  }
}

interface Measured {
  /** Milliseconds. */
  readonly sorted: readonly number[];
  /** CPU seconds a second. */
  readonly cores: number;
}

function row(name: string, kidsPerSecond: number, { sorted, cores }: Measured): string[] {
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? NaN;
  const ms = [median(sorted), p99].map((value) => value.toFixed(2));
  return [name, String(Math.round(kidsPerSecond)), String(sorted.length), ...ms, `${Math.round(cores * 100)} %`];
}
