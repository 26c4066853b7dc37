export { CatalogConfig } from './catalog-config.js';
