import { authorizationAmong } from './message-headers.js';
import { NONE, hasMethods, type MessageTransport } from './message-transport.js';
import { takeUnsettled } from './unsettled-messages.js';

interface AmqpMessage {
  readonly properties?: { readonly headers?: object | null; readonly replyTo?: unknown };
}

interface AmqpContext {
  getMessage(): AmqpMessage;
  getChannelRef(): { ack(message: object): void; nack(message: object, allUpTo: boolean, requeue: boolean): void };
}

/** RabbitMQ: the `headers` table of a message's properties (AMQP 0-9-1, basic class). */
export const amqpHeaders: MessageTransport = {
  handles: (message) => hasMethods(message, 'getChannelRef', 'getMessage'),

  authorization(message) {
    const headers = (message as AmqpContext).getMessage().properties?.headers;
    return headers === undefined || headers === null ? NONE : authorizationAmong(headers);
  },

  /**
   * A refused event goes to the queue's dead-letter exchange, or back into the queue where it may be good a moment later. Of a request,
   * which gets its answer, nothing is left to do.
   */
  handBack(received, { isEvent, isTemporary }) {
    const context = received as AmqpContext;
    const message = context.getMessage();
    const isUnanswered = isEvent || message.properties?.replyTo === undefined;
    if (!takeUnsettled(message)) return false;
    const channel = context.getChannelRef();
    if (isUnanswered) channel.nack(message, false, isTemporary);
    else channel.ack(message);
    return isUnanswered;
  },
};
