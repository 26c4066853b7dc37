import type { Table } from '../measure/measure.js';
import { markdown } from './markdown.js';
import type { Verdict } from './verdict.js';

/** A table that is not about contenders. */
export interface Sheet {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where something was promised of it. */
  readonly verdict?: Verdict;
}

export function printSheet({ title, head, rows }: Sheet): string {
  return markdown(`\n### ${title}\n`, head, rows);
}

/** A table in Markdown, ready for a README. */
export function printTable({ title, unit, rows }: Table): string {
  const base = rows[0]?.name ?? '';
  return markdown(
    `\n### ${title}\n`,
    ['', `${unit}/s`, 'CPU µs each', `÷ ${base}`, `÷ ${base}, by CPU`],
    rows.map((row) => [
      row.name,
      Math.round(row.perSecond).toLocaleString('en'),
      row.cpuMicroseconds.toFixed(row.cpuMicroseconds < 10 ? 2 : 0),
      row.ratio.toFixed(2),
      row.cpuRatio.toFixed(2),
    ]),
  );
}
