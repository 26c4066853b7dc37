import { HttpException } from '@nestjs/common';
import { brand } from '../../verification/index.js';
import { challenge } from './challenge.js';

/** The failure of a call to another service, with the status with which this service answers its own caller. */
export interface DownstreamFailure {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Stable and machine-readable. */
  readonly code: string;
  /** May be shown to the caller. */
  readonly message: string;
}

/** The response of the called service. It is not meant for this service's own caller. */
export interface DownstreamAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/**
 * A called service refused or failed. It is an `HttpException`, so that an unhandled one answers with the
 * matching status; `getResponse()` has `code` and `message`.
 *
 * @example
 * ```ts
 * import { type AuthHttpClient, DownstreamError } from '@watchword/auth/clients';
 *
 * export async function findProduct(sku: string, catalog: AuthHttpClient): Promise<{ name: string } | undefined> {
 *   try {
 *     return await catalog.json<{ name: string }>(`products/${encodeURIComponent(sku)}`);
 *   } catch (error) {
 *     if (error instanceof DownstreamError && error.answer?.status === 404) return undefined;
 *     throw error;
 *   }
 * }
 * ```
 */
export class DownstreamError extends HttpException {
  override readonly name = 'DownstreamError';
  readonly code: string;
  /** The headers of an HTTP response with this status. */
  readonly headers: Readonly<Record<string, string>>;
  /** The response of the called service, for decisions such as `error.answer?.status === 404`; undefined if there was none. */
  readonly answer: DownstreamAnswer | undefined;

  /**
   * @param failure what this service answers to its own caller
   * @param options the `answer` of the called service, and the `cause`
   */
  constructor(
    failure: DownstreamFailure,
    { answer, ...options }: { readonly cause?: unknown; readonly answer?: DownstreamAnswer } = {},
  ) {
    const { status, code, message } = failure;
    super({ statusCode: status, code, message }, status, options);
    this.code = code;
    this.headers = challenge(status, code);
    this.answer = answer;
  }
}

brand(DownstreamError, 'watchword:DownstreamError');

const MAX_CAUSES = 5;
const MAX_LENGTH = 300;

/** For the log: the message and all its causes, in one line. The text of another service is shortened. */
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
