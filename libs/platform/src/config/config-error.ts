/** The configuration is wrong. The message lists every fault at once and is meant to be printed as it is. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly app: string,
    readonly faults: readonly string[],
  ) {
    const count = faults.length === 1 ? '1 fault' : `${String(faults.length)} faults`;
    super([`${app} can not start: ${count} in its configuration`, ...faults.map((fault) => `  - ${fault}`)].join('\n'));
  }
}
