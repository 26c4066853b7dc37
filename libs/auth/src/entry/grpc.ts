export { AuthGrpcClient } from '../nest/clients/auth-grpc-client.js';
export type { GrpcCallOptions } from '../nest/clients/auth-grpc-client.js';
