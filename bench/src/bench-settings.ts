import type { ServiceSettings } from './services/settings.js';
import type { MintKeys } from './tokens/token-mint.js';

/** What a run of the bench is: shared by all suites. */
export interface Bench {
  readonly settings: ServiceSettings;
  readonly keys: MintKeys;
  /** Measured rounds of each table. */
  readonly rounds: number;
  /** 1, or less for a quick look. */
  readonly scale: number;
}
