import type { TestClient } from '../test-clients.js';
import { AuthRpcClient } from '../../nest/clients/auth-rpc-client.js';
import { openRpcConnection } from '../../nest/clients/rpc-connection.js';
import { SERVICE, TestTokens } from './test-tokens.js';

/** @internal */
export async function testClient(
  options: { readonly transport: number; readonly options?: object | undefined },
  token: () => string,
): Promise<TestClient> {
  const service = { ...SERVICE, ...options };
  const client = new AuthRpcClient(service, new TestTokens(token), () => ({}), await openRpcConnection(service));
  return {
    send: (pattern, data) => client.send(pattern, data),
    emit: (pattern, data) => client.emit(pattern, data),
    close: () => client.onApplicationShutdown(),
  };
}
