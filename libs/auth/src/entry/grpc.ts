/**
 * What needs `@grpc/grpc-js`: the gRPC client, whose calls carry a token.
 *
 * @module
 */
export { AuthGrpcClient } from '../nest/clients/auth-grpc-client.js';
export type { GrpcCallOptions } from '../nest/clients/auth-grpc-client.js';
