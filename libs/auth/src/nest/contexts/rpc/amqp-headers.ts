import { authorizationAmong } from './message-headers.js';
import { NONE, hasMethods } from './message-transport.js';
import type { MessageTransport } from './message-transport.js';

interface AmqpContext {
  getMessage(): { readonly properties?: { readonly headers?: object | null } };
}

/** RabbitMQ: the `headers` table of a message's properties (AMQP 0-9-1, basic class). */
export const amqpHeaders: MessageTransport = {
  handles: (message) => hasMethods(message, 'getChannelRef', 'getMessage'),

  authorization(message) {
    const headers = (message as AmqpContext).getMessage().properties?.headers;
    return headers === undefined || headers === null ? NONE : authorizationAmong(headers);
  },
};
