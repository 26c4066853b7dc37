import { authorizationAmong } from './message-headers.js';
import { NONE, hasMethods, type MessageTransport } from './message-transport.js';

interface MqttMessageContext {
  getPacket(): { readonly properties?: { readonly userProperties?: object } } | undefined;
}

/** MQTT 5: the user properties of a PUBLISH packet (MQTT 5.0 §3.3.2.3.7). MQTT 3 has none, so its messages carry no credentials. */
export const mqttUserProperties: MessageTransport = {
  handles: (message) => hasMethods(message, 'getPacket', 'getTopic'),

  authorization(message) {
    const properties = (message as MqttMessageContext).getPacket()?.properties?.userProperties;
    return properties === undefined ? NONE : authorizationAmong(properties);
  },
};
