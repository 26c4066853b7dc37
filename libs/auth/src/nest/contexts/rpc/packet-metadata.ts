import { AuthError } from '../../../verification/index.js';
import { NONE, hasMethods, type MessageTransport } from './message-transport.js';

interface MetadataContext {
  getMetadata(): unknown;
}

/** TCP and Redis: Nest's own packet metadata. */
export const packetMetadata: MessageTransport = {
  handles: (message) => hasMethods(message, 'getMetadata'),

  authorization(message) {
    const metadata = (message as MetadataContext).getMetadata();
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
