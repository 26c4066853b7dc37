import type { AuthConfig } from '../../config/index.js';
import type { KeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';
import type { KeyRing } from '../publishing/key-ring.js';
import { issuerSecrets } from './issuer-secrets.js';
import { KeyRingSigner } from './key-ring-signer.js';
import { SharedSecretSigner } from './shared-secret-signer.js';
import type { TokenSigner } from './token-signer.js';

/** Creates the signer of tokens for services. */
export function createTokenSigner(config: AuthConfig, ring: KeyRing): TokenSigner {
  return config.JWT_SIGNING === 'asymmetric'
    ? new KeyRingSigner(ring)
    : new SharedSecretSigner(config.sharedSecrets[0]);
}

/** Creates the signer of tokens for the issuer itself. */
export function createIssuerTokenSigner(
  config: AuthConfig,
  forServices: TokenSigner,
  keys: KeyEncryptionKeys,
): TokenSigner {
  return config.JWT_SIGNING === 'asymmetric' ? forServices : new SharedSecretSigner(issuerSecrets(keys)[0]);
}
