import { wrapping, type MessageCarrier } from './message-carrier.js';
import { withHeaders } from './own-headers.js';

interface KafkaMessage {
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Kafka record headers. What has a `key` or a `value` is a message already, as to Nest's own serializer. */
export function kafkaCarrier(): MessageCarrier {
  return wrapping((data, headers) => {
    if (!isMessage(data)) return { value: data, headers };
    return { ...data, headers: withHeaders(data.headers, headers) };
  });
}

function isMessage(data: unknown): data is KafkaMessage {
  return typeof data === 'object' && data !== null && ('key' in data || 'value' in data);
}
