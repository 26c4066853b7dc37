import { HttpException } from '@nestjs/common';
import { brand } from '../../verification/index.js';
import { challenge } from './challenge.js';

/** What went wrong in a call to another service, by the status that this service answers with for it. */
export interface HopFailure {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable and machine-readable. */
  readonly code: string;
  /** Fit for the caller's eyes. */
  readonly message: string;
}

/** What the called service said itself. Its own words: not for this service's caller. */
export interface HopAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/**
 * A called service refused or failed. It is an `HttpException`, so that an unhandled one answers with the
 * matching status; `getResponse()` has `code` and `message`.
 */
export class HopException extends HttpException {
  override readonly name = 'HopException';
  readonly code: string;
  /** Headers that belong to an HTTP answer with this status. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the called service answered, to decide by (`error.answer?.status === 404`); undefined where it did not. */
  readonly answer: HopAnswer | undefined;

  constructor(
    { status, code, message }: HopFailure,
    { answer, ...options }: { readonly cause?: unknown; readonly answer?: HopAnswer } = {},
  ) {
    super({ statusCode: status, code, message }, status, options);
    this.code = code;
    this.headers = challenge(status, code);
    this.answer = answer;
  }
}

brand(HopException, 'watchword:HopException');
