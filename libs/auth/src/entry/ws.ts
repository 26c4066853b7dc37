/**
 * What gateways of `@nestjs/websockets` need: a module beside `AuthModule`.
 *
 * @module
 */
export { AuthWsModule } from '../nest/ws/auth-ws.module.js';
export { userOfSocket } from '../nest/ws/connection.js';
export type { AuthWsOptions } from '../nest/ws/handshake-credentials.js';
