import type { LogLevel } from '@nestjs/common';

/** One line of the log. */
export interface LogEntry {
  readonly time: string;
  readonly level: LogLevel;
  readonly app: string;
  readonly msg: string;
  /** The part of the program that wrote the entry. */
  readonly context?: string;
  readonly requestId?: string;
  readonly [field: string]: unknown;
}
