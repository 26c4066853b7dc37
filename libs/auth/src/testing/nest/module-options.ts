/** What the test kit needs of `AuthModule`. It is loaded only when the kit is used, because it needs Nest. */
export { MODULE_OPTIONS_TOKEN } from '../../nest/auth.module-definition.js';
export { verifierOptions } from '../../nest/auth-module-options.js';
