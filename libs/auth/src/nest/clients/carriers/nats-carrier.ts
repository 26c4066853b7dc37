import { NatsRecord, NatsRecordBuilder } from '@nestjs/microservices';
import { loadPeer } from './load-peer.js';
import { wrapping, type MessageCarrier } from './message-carrier.js';
import { refuseCredentials } from './own-headers.js';

/** NATS message headers. A record with headers of its own keeps them. */
export async function natsCarrier(): Promise<MessageCarrier> {
  const { headers: newHeaders } = await loadPeer('@nats-io/transport-node', () => import('@nats-io/transport-node'));
  return wrapping((data, headers) => {
    const record =
      data instanceof NatsRecord ? (data as NatsRecord<unknown, ReturnType<typeof newHeaders>>) : undefined;
    const all = newHeaders();
    for (const name of record?.headers?.keys() ?? []) {
      for (const value of record?.headers?.values(name) ?? []) all.append(name, value);
    }
    refuseCredentials(all.keys());
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return new NatsRecordBuilder(record === undefined ? data : record.data).setHeaders(all).build();
  });
}
