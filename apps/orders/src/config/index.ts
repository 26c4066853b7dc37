export { OrdersConfig } from './orders-config.js';
