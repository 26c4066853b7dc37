import type { TokenVerifierOptions, TrustedIssuer } from '@watchword/auth';
import type { AuthConfig } from '../config/index.js';
import type { KeyRing } from './key-ring.js';
import { SIGNING_ALGORITHMS } from './signing-algorithm.js';

/** The issuer as one that it trusts itself. */
export type OwnIssuer = TrustedIssuer & Pick<TokenVerifierOptions, 'revocations'>;

/** How the issuer verifies its own tokens: with the keys that it has in memory, so that nothing goes over the network. */
export function ownIssuer(config: AuthConfig, ring: KeyRing, audience: string): OwnIssuer {
  const issuer = config.AUTH_ISSUER;
  if (config.JWT_SIGNING === 'shared-secret') {
    return { issuer, audience, algorithms: ['HS256'], secrets: config.sharedSecrets };
  }
  return {
    issuer,
    audience,
    algorithms: SIGNING_ALGORITHMS,
    keys: { load: () => Promise.resolve({ keys: ring.published() }) },
    revocations: { isRevoked: ({ keyId }) => !ring.isPublished(keyId) },
  };
}
