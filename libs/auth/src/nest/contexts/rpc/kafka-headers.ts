import { authorizationAmong, isAuthorization } from './message-headers.js';
import { NONE, hasMethods, type MessageTransport } from './message-transport.js';

/** A record as Nest has decoded it. */
interface KafkaRecord {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

interface KafkaMessageContext {
  getMessage(): KafkaRecord;
  getTopic(): string;
  getProducer(): { send(batch: object): Promise<unknown> };
}

/** What is added to the topic for its records that were refused. */
const DEAD_LETTER_TOPIC = '.dead-letter';
/** The header of such a record that says why. */
const REASON = 'dead-letter-reason';
/** Nest's own, of a request that waits for an answer. */
const REPLY_TOPIC = 'kafka_replyTopic';
const CORRELATION_ID = 'kafka_correlationId';

/** Kafka record headers, as Nest has decoded them. Of a header that is there twice it makes one text, which is no credential. */
export const kafkaHeaders: MessageTransport = {
  handles: (message) => hasMethods(message, 'getConsumer', 'getMessage', 'getTopic'),

  authorization(message) {
    const { headers } = (message as KafkaMessageContext).getMessage();
    return headers === undefined ? NONE : authorizationAmong(headers);
  },

  /**
   * A refused event goes to the topic's dead-letter topic, with the reason and without its token. Kafka would deliver it again and
   * again else, and nothing behind it.
   */
  async handBack(message, { code, isEvent, isTemporary }) {
    // An error lets Kafka deliver it again.
    if (isTemporary) return false;
    const context = message as KafkaMessageContext;
    const { key, value, headers = {} } = context.getMessage();
    if (!isEvent && REPLY_TOPIC in headers && CORRELATION_ID in headers) return false;
    const kept = Object.entries(headers).filter(([name]) => !isAuthorization(name));
    const record = {
      key: encoded(key),
      value: encoded(value),
      headers: { ...Object.fromEntries(kept.map(([name, held]) => [name, encoded(held)])), [REASON]: code },
    };
    await context.getProducer().send({ topic: context.getTopic() + DEAD_LETTER_TOPIC, messages: [record] });
    return true;
  },
};

/** As it was on the wire: Nest has read texts and JSON out of it. */
function encoded(value: unknown): string | Buffer | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
}
