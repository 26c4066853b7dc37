import type { AuthClientsOptions } from '@watchword/auth/clients';
import { currentRequestId } from '@watchword/platform';
import type { OrdersConfig } from '../config/orders-config.js';

/** The services that orders calls, and as whom. */
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

/** The called services log under the id of the request that came in here. */
function sameRequestId(): Record<string, string> {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { 'x-request-id': requestId };
}
