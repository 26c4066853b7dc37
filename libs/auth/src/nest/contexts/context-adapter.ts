import type { EventEmitter } from 'node:events';
import type { ExecutionContext } from '@nestjs/common';
import type { AuthError } from '../../verification/index.js';

/** How credentials come with one kind of context. */
export interface ContextAdapter {
  /**
   * The object that stands for the request as long as it lasts. Of a message it is the context that its server gives to the handler.
   *
   * @throws AuthError `context_unsupported` when the context holds none.
   */
  request(context: ExecutionContext): object;
  /**
   * Every authorization value that came with it, raw. Nothing here is trusted yet.
   *
   * @throws AuthError `context_unsupported`, or `credentials_malformed` for something that is not text.
   */
  authorization(request: object): readonly string[];
  /** What tells the handler of later parts of the request, by events: of a stream. They are told in the request's async context. */
  events?(context: ExecutionContext): EventEmitter | undefined;
  /**
   * Gives a refused message back to its transport, so that it is not lost: to a dead-letter queue, say.
   *
   * @returns whether nothing is to be answered any more; by rejection where it could not be given back
   */
  handBack?(context: ExecutionContext, error: AuthError): boolean | Promise<boolean>;
}

/**
 * How credentials come with a context that this library does not know: of a transport strategy of your own, or of another library's.
 * Given as `AuthModule.forRoot({ contexts: [adapter] })`. Without an adapter such a context is refused.
 *
 * @example
 * ```ts
 * import type { CustomContextAdapter } from '@watchword/auth';
 *
 * // The second argument of a handler, as the transport strategy of your own gives it.
 * class QueueContext {
 *   constructor(readonly headers: ReadonlyMap<string, readonly string[]>) {}
 * }
 *
 * export const queue: CustomContextAdapter = {
 *   handles: (context) => context.getArgByIndex(1) instanceof QueueContext,
 *   request: (context) => context.getArgByIndex(1),
 *   authorization: (message) => (message as QueueContext).headers.get('authorization') ?? [],
 * };
 * ```
 */
export interface CustomContextAdapter extends ContextAdapter {
  /** Whether it is this adapter's. The first one that says so is taken, before those of the library. */
  handles(context: ExecutionContext): boolean;
}
