import type { AuthErrorCode } from '../../../verification/index.js';

/** How one transport's messages carry headers, seen from the context that Nest gives to their handlers. */
export interface MessageTransport {
  /** Whether the message came by this transport. By what its context can do, so that no transport's package is imported. */
  handles(message: object): boolean;
  /** @throws AuthError `credentials_malformed` */
  authorization(message: object): readonly string[];
  /**
   * Gives a refused message back to its broker, where that waits to be told what became of it.
   *
   * @param refusal `isEvent` where the handler is one of events, so that nobody waits for an answer
   * @returns whether nothing is to be answered any more; by rejection where the broker did not take it
   */
  handBack?(message: object, refusal: Refusal): boolean | Promise<boolean>;
}

/** Why a message was refused. */
export interface Refusal {
  readonly code: AuthErrorCode;
  readonly isEvent: boolean;
  /** Whether it was not the message's fault: there are no keys yet, say. It may be good a moment later, so it is no dead letter. */
  readonly isTemporary: boolean;
}

/** @internal Whether the object has all of these methods. */
export function hasMethods(value: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}

export const NONE: readonly string[] = Object.freeze([]);
