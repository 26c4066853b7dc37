/** The apps in the order in which they are shown and stopped: who calls others goes before whom it calls. */
export const APPS = /** @type {const} */ (['orders', 'inventory', 'catalog', 'auth']);

/** @typedef {typeof APPS[number]} AppName */

/** The ports of `npm start`, as the apps have them by default. `tcp` is inventory's. */
export const DEFAULT_PORTS = { auth: 3000, catalog: 3001, orders: 3002, inventory: 3003, tcp: 4003 };

/** @typedef {typeof DEFAULT_PORTS} Ports */

/**
 * The environment that lets the four apps find one another on these ports of 127.0.0.1.
 *
 * @param {Ports} ports
 * @returns {Record<AppName, Record<string, string>>}
 */
export function environmentFor(ports) {
  const issuer = `http://127.0.0.1:${ports.auth}`;
  return {
    auth: { PORT: String(ports.auth), AUTH_ISSUER: issuer },
    catalog: { PORT: String(ports.catalog), AUTH_ISSUER: issuer },
    orders: {
      PORT: String(ports.orders),
      AUTH_ISSUER: issuer,
      CATALOG_URL: `http://127.0.0.1:${ports.catalog}`,
      INVENTORY_HOST: '127.0.0.1',
      INVENTORY_PORT: String(ports.tcp),
    },
    inventory: {
      PORT: String(ports.inventory),
      AUTH_ISSUER: issuer,
      TCP_HOST: '127.0.0.1',
      TCP_PORT: String(ports.tcp),
    },
  };
}
