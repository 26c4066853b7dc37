import type { OutboundTokens } from '../../propagation/index.js';
import { AuthRpcClient, type RpcPattern } from './auth-rpc-client.js';
import { metadataCarrier } from './carriers/metadata-carrier.js';
import type { TcpServiceOptions } from './client-options.js';
import { StrictTcpClient } from './strict-tcp-client.js';

/** Message patterns of Nest microservices. */
export type TcpPattern = RpcPattern;

/**
 * Calls one TCP service with a token that is for it, in the packet's metadata. Connects on first use, and again after a loss.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { InjectTcpClient } from '@watchword/auth/clients';
 * import { AuthTcpClient } from '@watchword/auth/microservices';
 *
 * @Injectable()
 * export class Orders {
 *   constructor(@InjectTcpClient('inventory') private readonly inventory: AuthTcpClient) {}
 *
 *   reserve(product: string, count: number): Promise<{ id: string }> {
 *     return this.inventory.send('stock.reserve', { product, count });
 *   }
 * }
 * ```
 */
export class AuthTcpClient extends AuthRpcClient {
  /** @throws TypeError for a service without a name or an audience. */
  constructor(
    service: TcpServiceOptions,
    tokens: OutboundTokens,
    headers: () => Readonly<Record<string, string>> = () => ({}),
  ) {
    const { host, port, tlsOptions, maxBufferSize } = service;
    const client = new StrictTcpClient({
      host,
      port,
      ...(maxBufferSize === undefined ? {} : { maxBufferSize }),
      ...(tlsOptions === undefined ? {} : { tlsOptions }),
    });
    super(service, tokens, headers, { client, carrier: metadataCarrier(client) });
  }
}
