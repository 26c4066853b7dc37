import type { Rounds } from './measure/measure.js';
import type { ServiceSettings } from './services/settings.js';
import type { MintKeys } from './tokens/token-mint.js';

/** What a run of the bench is: shared by all suites. */
export interface Bench extends Rounds {
  readonly settings: ServiceSettings;
  readonly keys: MintKeys;
  /** 1, or less for a quick look. */
  readonly scale: number;
  /** The ways of authentication to measure, where not all are wanted. */
  readonly only: readonly string[] | undefined;
}
