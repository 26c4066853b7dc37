import type { AuthClientsOptions } from '@watchword/auth/clients';
import { currentRequestId } from '@watchword/platform';
import type { OrdersConfig } from '../config/orders-config.js';

/** The services that orders calls, with the credentials for each. */
export function downstreamServices(config: OrdersConfig): AuthClientsOptions {
  const timeoutMs = config.DOWNSTREAM_TIMEOUT_MS;
  return {
    http: [{ name: 'catalog', audience: 'catalog', baseUrl: config.CATALOG_URL, timeoutMs }],
    tcp: [
      {
        name: 'inventory',
        audience: 'inventory',
        host: config.INVENTORY_HOST,
        port: config.INVENTORY_PORT,
        timeoutMs,
        passOn: { 409: ['insufficient_stock', 'reservation_conflict'] },
      },
    ],
    serviceCredentials: config.serviceCredentials,
    headers: sameRequestId,
  };
}

/** Passes on the request id, so that the called services log with the same id. */
function sameRequestId(): Record<string, string> {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { 'x-request-id': requestId };
}
