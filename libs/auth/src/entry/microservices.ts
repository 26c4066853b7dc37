/**
 * What needs `@nestjs/microservices`: the clients' classes, and a strict socket for Nest's TCP server.
 *
 * @module
 */
export { AuthRpcClient } from '../nest/clients/auth-rpc-client.js';
export type { RpcPattern } from '../nest/clients/auth-rpc-client.js';
export { AuthTcpClient } from '../nest/clients/auth-tcp-client.js';
export type { TcpPattern } from '../nest/clients/auth-tcp-client.js';
export { StrictJsonSocket } from '../nest/tcp/strict-json-socket.js';
