import { markdown } from './markdown.js';

/** What was promised and what was measured. */
export interface Verdict {
  readonly what: string;
  readonly bound: 'at least' | 'at most';
  readonly target: number;
  readonly measured: number;
}

export function printVerdicts(verdicts: readonly Verdict[]): string {
  const figure = (value: number): string => (value > 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));
  return markdown(
    '\n### Targets\n',
    ['', 'target', 'measured', 'met'],
    verdicts.map(({ what, bound, target, measured }) => {
      const met = bound === 'at least' ? measured >= target : measured <= target;
      return [what, `${bound} ${figure(target)}`, figure(measured), met ? 'yes' : 'no'];
    }),
  );
}
