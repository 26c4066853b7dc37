import { OperatorError } from '../errors/operator-error.js';

/** The configuration is invalid. The message lists all faults. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError';

  constructor(
    readonly app: string,
    readonly faults: readonly string[],
  ) {
    const count = faults.length === 1 ? '1 fault' : `${String(faults.length)} faults`;
    super([`${app} cannot start: ${count} in its configuration`, ...faults.map((fault) => `  - ${fault}`)].join('\n'));
  }
}
