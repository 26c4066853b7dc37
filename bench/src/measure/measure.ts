import { setTimeout } from 'node:timers/promises';
import { median, type Contender, type Sample } from './sample.js';

/** A contender's medians over all rounds, and beside the first contender of the same round. */
export interface Row {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  /** {@link ratioOf} this beside the first contender, by wall time. */
  readonly ratio: number;
  /** The same by CPU time: the first contender's ÷ this one's. Steadier on a machine that does other work too. */
  readonly cpuRatio: number;
  readonly samples: readonly Sample[];
}

export interface Table {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
}

export interface Rounds {
  /** How many are measured. */
  readonly rounds: number;
  /** Whether each measurement is followed by a rest as long, for the sake of others on the machine. */
  readonly rests: boolean;
}

export interface MeasureOptions {
  readonly title: string;
  /** What is counted, for the table's head. */
  readonly unit: string;
  /** The first one is what the others are compared with. */
  readonly contenders: readonly [Contender, ...Contender[]];
  /** Done before each round, unmeasured: what all contenders of the round share. */
  readonly before?: () => Promise<unknown>;
}

const WARM_UP = 2;

/**
 * Measures all contenders in interleaved rounds. Every other round goes backwards, so that a drift of the machine
 * (heat, neighbours) falls on all alike; the first rounds warm up and are thrown away.
 */
export async function measure(
  { rounds, rests }: Rounds,
  { title, unit, contenders, before }: MeasureOptions,
): Promise<Table> {
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (let round = 1 - WARM_UP; round <= rounds; round += 1) {
    await before?.();
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const started = performance.now();
      const sample = await contender.round();
      if (rests) await setTimeout(performance.now() - started);
      if (round > 0) samples.get(contender)!.push(sample);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${title}: round ${round} of ${rounds}\u{1b}[K`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u{1b}[K');
  const base = samples.get(contenders[0])!;
  return { title, unit, rows: contenders.map(({ name }, i) => row(name, samples.get(contenders[i]!)!, base)) };
}

function row(name: string, samples: readonly Sample[], base: readonly Sample[]): Row {
  return {
    name,
    perSecond: median(samples.map((sample) => sample.perSecond)),
    cpuMicroseconds: median(samples.map((sample) => sample.cpuMicroseconds)),
    ratio: ratioOf(samples, base),
    cpuRatio: median(samples.map((sample, i) => base[i]!.cpuMicroseconds / sample.cpuMicroseconds)),
    samples,
  };
}

/** Median over rounds of one contender's speed beside another's in the same round. */
export function ratioOf(samples: readonly Sample[], base: readonly Sample[]): number {
  return median(samples.map((sample, i) => sample.perSecond / base[i]!.perSecond));
}
