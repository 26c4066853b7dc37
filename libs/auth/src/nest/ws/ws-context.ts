import type { ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../verification/index.js';
import type { CustomContextAdapter } from '../contexts/context-adapter.js';
import { Connection, connectionOf } from './connection.js';

/** Messages of gateways: the token of their connection, verified anew with each message. */
export const wsContext: CustomContextAdapter = {
  handles: (context: ExecutionContext) => context.getType() === 'ws',
  request(context) {
    const connection = connectionOf(context.getArgByIndex(0));
    if (connection !== undefined) return connection;
    throw new AuthError('context_unsupported', { reason: 'the handshake of this connection was not seen' });
  },
  authorization: (connection) => (connection as Connection).authorization,
};
