import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { LOG_LEVELS } from '../config/app-config.js';
import { formatText } from './format-text.js';
import type { LogEntry } from './log-entry.js';
import { redact } from './redact.js';
import { currentRequestId } from './request-context.js';

/** The contexts in which Nest logs an error that it also throws at startup. */
const RETHROWING = new Set(['ExceptionHandler', 'NestApplication', 'Server']);

export interface StructuredLoggerOptions {
  readonly app: string;
  /** The lowest level that is logged. */
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
}

/**
 * Nest's logger with one structured entry per call: the text as `msg`, the fields of object arguments, an error as `error`, and the
 * request id. Everything goes through {@link redact}, so no credential is written.
 *
 *     logger.log('ready', { url })
 *     logger.error('The order could not be stored', error)
 */
export class StructuredLogger extends ConsoleLogger {
  private booting = false;

  constructor(private readonly settings: StructuredLoggerOptions) {
    super({
      json: settings.format === 'json',
      logLevels: LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(settings.level) + 1),
    });
  }

  /** While `work` runs, does not log errors that Nest also throws: the caller of `work` reports them with a better message. */
  async duringBoot(work: () => Promise<void>): Promise<void> {
    this.booting = true;
    await work();
    this.booting = false;
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    level: LogLevel = 'log',
    stream: 'stdout' | 'stderr' = 'stdout',
    stack?: unknown,
    params?: Record<string, unknown>,
  ): void {
    if (this.booting && level === 'error' && RETHROWING.has(context ?? '')) return;
    const requestId = currentRequestId();
    const { msg, fields } = compose(
      messages.map((message) => this.resolveMessage(message)),
      stack,
      params,
    );
    const entry: LogEntry = {
      ...(redact(fields) as object),
      time: new Date().toISOString(),
      level,
      app: this.settings.app,
      ...(context === undefined || context === '' ? {} : { context }),
      ...(requestId === undefined ? {} : { requestId }),
      msg: redact(msg) as string,
    };
    const line = this.settings.format === 'json' ? JSON.stringify(inOrder(entry)) : formatText(entry);
    process[stream].write(`${line}\n`);
  }

  /** Does nothing: the stack is in the entry. */
  protected override printStackTrace(): void {
    return undefined;
  }
}

/** The first text is the message; the other arguments are fields. */
function compose(
  messages: unknown[],
  stack: unknown,
  params: Record<string, unknown> = {},
): { msg: string; fields: Record<string, unknown> } {
  const texts = messages.filter((message) => typeof message === 'string' || typeof message === 'number').map(String);
  const errors = messages.filter((message) => message instanceof Error);
  const objects = messages.filter((message) => isPlain(message));
  const others = messages.filter(
    (message) => Array.isArray(message) || message instanceof Map || message instanceof Set,
  );
  const fields: Record<string, unknown> = Object.assign({}, params, ...objects);
  if (others.length > 0) fields['values'] = others;
  if (errors.length > 0) fields['error'] = errors[0];
  if (stack !== undefined && fields['error'] === undefined) fields['stack'] = stack;
  const own = typeof fields['msg'] === 'string' ? fields['msg'] : undefined;
  const msg = texts.length > 0 ? texts.join(' ') : (own ?? errors[0]?.message ?? '');
  return { msg, fields };
}

function inOrder({ time, level, app, context, requestId, msg, ...fields }: LogEntry): object {
  return { time, level, app, context, requestId, msg, ...fields };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Error || Array.isArray(value) || value instanceof Map || value instanceof Set)
  );
}
