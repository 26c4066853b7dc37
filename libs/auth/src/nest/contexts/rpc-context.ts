import type { ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../verification/index.js';
import type { ContextAdapter } from './context-adapter.js';

/** Transports whose context hands out packet metadata: TCP and Redis. */
export const rpcContext: ContextAdapter = {
  request(context: ExecutionContext) {
    const request: unknown = context.getArgByIndex(1);
    if (typeof request !== 'object' || request === null) {
      throw new AuthError('context_unsupported', { reason: 'the message has no context' });
    }
    return request;
  },

  authorization(request: object) {
    const metadata = metadataOf(request);
    if (metadata === undefined || metadata === null) return NONE;
    if (typeof metadata !== 'object' || Array.isArray(metadata)) {
      throw new AuthError('credentials_malformed', { reason: 'the metadata is not an object' });
    }
    // Own members alone: what a prototype holds did not come with the packet.
    if (!Object.hasOwn(metadata, 'authorization')) return NONE;
    const value = (metadata as { readonly authorization: unknown }).authorization;
    if (typeof value !== 'string') {
      throw new AuthError('credentials_malformed', { reason: 'metadata.authorization is not a string' });
    }
    return [value];
  },
};

const NONE: readonly string[] = Object.freeze([]);

function metadataOf(request: object): unknown {
  const { getMetadata } = request as { readonly getMetadata?: unknown };
  if (typeof getMetadata !== 'function') {
    throw new AuthError('context_unsupported', { reason: 'this transport carries no packet metadata' });
  }
  return getMetadata.call(request) as unknown;
}
