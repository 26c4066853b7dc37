import type { KeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';
import type { Secrets } from './own-issuer.js';

/**
 * In shared-secret mode: the secret that signs tokens for the issuer itself, and the previous one, if any. All services have the
 * shared secrets. These secrets are derived from the issuer's root secrets, so only the issuer has them.
 */
export function issuerSecrets(keys: KeyEncryptionKeys): Secrets {
  const [current, former] = keys.deriveAll('access tokens for the issuer');
  const text = current.toString('base64url');
  return former === undefined ? [text] : [text, former.toString('base64url')];
}
