import type { Bench } from '../bench-settings.js';
import { median } from '../measure/sample.js';
import { Child } from '../process/child.js';
import type { Sheet } from '../report/print-table.js';
import type { ServicePorts } from '../services/service.js';
import { TokenMint } from '../tokens/token-mint.js';
import type { Flood, FloodResult } from './drive-flood.js';

const KIDS_A_SECOND = 10_000;
const SECONDS = 20;

/** Good requests before and during 20 s of 10,000 tokens a second whose kid nobody knows. */
export async function* floodSuite({ settings, keys, scale }: Bench): AsyncGenerator<Sheet> {
  const service = await Child.start('service', 'watchword');
  const load = await Child.start('load');
  try {
    const ports = await service.ask<ServicePorts>('start', settings);
    const [token = ''] = new TokenMint(keys, 'watchword').mint(1);
    const drive = (perSecond: number): Promise<FloodResult> =>
      load.ask('flood', { ...ports, token, perSecond, seconds: SECONDS * scale } satisfies Flood);
    await drive(KIDS_A_SECOND / 10);
    const before = await drive(0);
    const during = await drive(KIDS_A_SECOND);
    yield {
      title: 'Good HTTP requests during a flood of made-up kids (over TCP, into the same verifier)',
      head: ['', 'kids/s', 'good requests', 'median ms', 'p99 ms'],
      rows: [row('before', before), row('during', during)],
    };
  } finally {
    await Promise.all([service.close(), load.close()]);
  }

  function row(name: string, { latencies, sent }: FloodResult): string[] {
    const sorted = latencies.toSorted((a, b) => a - b);
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? NaN;
    const kids = Math.round(sent / (SECONDS * scale));
    return [name, String(kids), String(latencies.length), median(latencies).toFixed(2), p99.toFixed(2)];
  }
}
