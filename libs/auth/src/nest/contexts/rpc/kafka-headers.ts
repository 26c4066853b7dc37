import { authorizationAmong } from './message-headers.js';
import { NONE, hasMethods } from './message-transport.js';
import type { MessageTransport } from './message-transport.js';

interface KafkaMessageContext {
  getMessage(): { readonly headers?: object };
}

/** Kafka record headers, as Nest has decoded them. Of a header that is there twice it makes one text, which is no credential. */
export const kafkaHeaders: MessageTransport = {
  handles: (message) => hasMethods(message, 'getConsumer', 'getMessage', 'getTopic'),

  authorization(message) {
    const { headers } = (message as KafkaMessageContext).getMessage();
    return headers === undefined ? NONE : authorizationAmong(headers);
  },
};
