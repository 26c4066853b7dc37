import type { KeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';
import type { Secrets } from './own-issuer.js';

/**
 * In shared-secret mode: what signs tokens for the issuer itself, then maybe what signed them before. Every service holds
 * the shared secrets; these follow from the issuer's own root secrets, and nobody else has them.
 */
export function issuerSecrets(keys: KeyEncryptionKeys): Secrets {
  const [current, former] = keys.deriveAll('access tokens for the issuer');
  const text = current.toString('base64url');
  return former === undefined ? [text] : [text, former.toString('base64url')];
}
