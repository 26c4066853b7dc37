import { isAuthorization } from './message-headers.js';
import { NONE, hasMethods, type MessageTransport } from './message-transport.js';

/** The part of a NATS message's headers that is read here (`MsgHdrs` of @nats-io/nats-core). */
interface NatsHeaders {
  keys(): readonly string[];
  values(name: string): readonly string[];
}

interface NatsMessageContext {
  getHeaders(): NatsHeaders | undefined;
}

/** NATS message headers (https://docs.nats.io/nats-concepts/core-nats/headers). */
export const natsHeaders: MessageTransport = {
  handles: (message) => hasMethods(message, 'getHeaders', 'getSubject'),

  authorization(message) {
    const headers = (message as NatsMessageContext).getHeaders();
    if (headers === undefined) return NONE;
    // Names with different case are different headers to NATS; each is asked for as it is written.
    return headers
      .keys()
      .filter(isAuthorization)
      .flatMap((name) => headers.values(name));
  },
};
