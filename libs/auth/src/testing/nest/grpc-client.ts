import type { TestGrpcClient } from '../test-clients.js';
import { AuthGrpcClient } from '../../nest/clients/auth-grpc-client.js';
import { SERVICE, TestTokens } from './test-tokens.js';

/** @internal */
export function testGrpcClient(options: object, token: () => string): TestGrpcClient {
  const client = new AuthGrpcClient({ ...SERVICE, options }, new TestTokens(token));
  return {
    call: (service, method, data) => client.call(service, method, data),
    close: () => client.onApplicationShutdown(),
  };
}
