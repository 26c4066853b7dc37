import type { Bench } from '../bench-settings.js';
import type { Table } from '../measure/measure.js';
export async function issueSuite(bench: Bench): Promise<Table[]> {
  void bench;
  return [];
}
