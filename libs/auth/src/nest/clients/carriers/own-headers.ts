import { isAuthorization } from '../../contexts/rpc/message-headers.js';
import { OWN_CREDENTIALS } from '../client-options.js';
import type { MessageHeaders } from './message-carrier.js';

/**
 * The headers of a message that has some of its own already, and those of the client.
 *
 * @throws TypeError when the message's own have credentials among them
 */
export function withHeaders<T>(
  own: Readonly<Record<string, T>> | undefined,
  headers: MessageHeaders,
): Record<string, T | string> {
  refuseCredentials(Object.keys(own ?? {}));
  return { ...own, ...headers };
}

/** @throws TypeError */
export function refuseCredentials(names: readonly string[]): void {
  if (names.some(isAuthorization)) throw new TypeError(OWN_CREDENTIALS);
}
