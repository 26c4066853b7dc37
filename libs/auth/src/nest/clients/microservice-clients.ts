export { AuthRpcClient } from './auth-rpc-client.js';
export { AuthTcpClient } from './auth-tcp-client.js';
export { openRpcConnection } from './rpc-connection.js';
