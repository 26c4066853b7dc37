import { HttpException } from '@nestjs/common';
import { brand } from '../../verification/index.js';
import { challenge } from './challenge.js';

/** What went wrong in a call to another service, by the status that this service answers with for it. */
export interface DownstreamFailure {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable and machine-readable. */
  readonly code: string;
  /** Fit for the caller's eyes. */
  readonly message: string;
}

/** What the called service said itself. Its own words: not for this service's caller. */
export interface DownstreamAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/**
 * A called service refused or failed. It is an `HttpException`, so that an unhandled one answers with the
 * matching status; `getResponse()` has `code` and `message`.
 */
export class DownstreamError extends HttpException {
  override readonly name = 'DownstreamError';
  readonly code: string;
  /** Headers that belong to an HTTP answer with this status. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the called service answered, to decide by (`error.answer?.status === 404`); undefined where it did not. */
  readonly answer: DownstreamAnswer | undefined;

  constructor(
    { status, code, message }: DownstreamFailure,
    { answer, ...options }: { readonly cause?: unknown; readonly answer?: DownstreamAnswer } = {},
  ) {
    super({ statusCode: status, code, message }, status, options);
    this.code = code;
    this.headers = challenge(status, code);
    this.answer = answer;
  }
}

brand(DownstreamError, 'watchword:DownstreamError');

const MAX_CAUSES = 5;
const MAX_LENGTH = 300;

/** For the log: what the caller was told, and why, cause by cause. Another service's own words are cut to a line's length. */
export function downstreamReason(error: DownstreamError): string {
  const reasons: string[] = [error.message];
  for (let at: unknown = error.cause; at !== undefined && reasons.length <= MAX_CAUSES; at = causeOf(at)) {
    reasons.push(inOneLine(at));
  }
  return reasons.join(': ');
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function inOneLine(cause: unknown): string {
  const { message, code } = (cause ?? {}) as { readonly message?: unknown; readonly code?: unknown };
  const text = [cause, message, code].find((part): part is string => typeof part === 'string' && part !== '');
  return (text ?? 'no reason given').replace(/\s+/g, ' ').slice(0, MAX_LENGTH);
}
