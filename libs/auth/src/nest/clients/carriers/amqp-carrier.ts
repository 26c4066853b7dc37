import { RmqRecord } from '@nestjs/microservices';
import { wrapping, type MessageCarrier } from './message-carrier.js';
import { withHeaders } from './own-headers.js';

/** RabbitMQ: the `headers` table of the message's properties. A record with options of its own keeps them. */
export function amqpCarrier(): MessageCarrier {
  return wrapping((data, headers) => {
    const record = data instanceof RmqRecord ? (data as RmqRecord<unknown>) : new RmqRecord(data);
    return new RmqRecord(record.data, { ...record.options, headers: withHeaders(record.options?.headers, headers) });
  });
}
