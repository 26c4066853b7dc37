import { channel } from 'node:diagnostics_channel';
import type { VerifiedToken } from './verified-token.js';
import type { AuthError } from './auth-error.js';

/**
 * Published on the channel `watchword:verify` of `node:diagnostics_channel` when a handler may run.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { VerifyMessage } from '@watchword/auth';
 *
 * const requests = new Map<string, number>();
 * subscribe('watchword:verify', (message) => {
 *   const { handler } = message as VerifyMessage;
 *   requests.set(handler, (requests.get(handler) ?? 0) + 1);
 * });
 * ```
 */
export interface VerifyMessage {
  /** The class and the method. */
  readonly handler: string;
  /** `http`, `rpc`, `graphql`, `ws`, or that of another library. */
  readonly context: string;
  /** Undefined if the handler is public. */
  readonly caller: VerifiedToken | undefined;
}

/** Published on `watchword:refuse` when a handler may not run. */
export interface RefuseMessage {
  readonly handler: string;
  readonly context: string;
  /** With the private reason: do not show it to callers. */
  readonly error: AuthError;
}

/** Published on `watchword:exchange` when the issuer was asked to exchange a caller's token (RFC 8693), or refused to. */
export interface ExchangeMessage {
  /** The issuer that was asked. */
  readonly issuer: string;
  /** The service that is to be called. */
  readonly audience: string;
  readonly subject: string;
  /** Why there is no token; undefined if there is one. */
  readonly error: unknown;
}

/** Published on `watchword:keys` when the keys of an issuer were fetched, could not be fetched, or when one was revoked. */
export interface KeysMessage {
  readonly issuer: string;
  readonly event: 'fetched' | 'failed' | 'revoked';
  /** The ids of the keys that are trusted now. */
  readonly keyIds: readonly string[];
  /** Only with `failed`. */
  readonly error: unknown;
}

const channels = {
  verify: channel('watchword:verify'),
  refuse: channel('watchword:refuse'),
  exchange: channel('watchword:exchange'),
  keys: channel('watchword:keys'),
};

interface Messages {
  verify: VerifyMessage;
  refuse: RefuseMessage;
  exchange: ExchangeMessage;
  keys: KeysMessage;
}

/** @internal Whether somebody listens. */
export function isHeard(name: keyof Messages): boolean {
  return channels[name].hasSubscribers;
}

/** @internal Publishes a message, if somebody listens. */
export function publish<Name extends keyof Messages>(name: Name, make: () => Messages[Name]): void {
  if (isHeard(name)) channels[name].publish(make());
}
