export { InventoryConfig } from './inventory-config.js';
