import { MqttRecord } from '@nestjs/microservices';
import { wrapping, type MessageCarrier } from './message-carrier.js';
import { withHeaders } from './own-headers.js';

/** MQTT 5: the user properties of the PUBLISH packet. A record with options of its own keeps them. */
export function mqttCarrier(): MessageCarrier {
  return wrapping((data, headers) => {
    // mqtt.js does not deliver a message with an empty list of user properties.
    if (Object.keys(headers).length === 0) return data;
    const record = data instanceof MqttRecord ? (data as MqttRecord<unknown>) : new MqttRecord(data);
    const { properties, ...options } = record.options ?? {};
    const userProperties = withHeaders(properties?.userProperties, headers);
    return new MqttRecord(record.data, { ...options, properties: { ...properties, userProperties } });
  });
}
