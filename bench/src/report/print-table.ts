import type { Table } from '../measure/measure.js';

/** A table that is not about contenders. */
export interface Sheet {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
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

/** A Markdown table, its first column left-aligned and the others right-aligned. */
export function markdown(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [title, line(head), `|---|${'--:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}
