import type { TokenVerifierOptions, TrustedIssuer } from '@watchword/auth';
import type { AuthConfig } from '../../config/index.js';
import type { KeyRing } from '../publishing/key-ring.js';
import { SIGNING_ALGORITHMS } from '../../cryptography/signing-algorithm.js';

/** This issuer as a trusted issuer of its own endpoints. */
export type OwnIssuer = TrustedIssuer & Pick<TokenVerifierOptions, 'revocations'>;

/** The first one signs. */
export type Secrets = readonly [string] | readonly [string, string];

/**
 * The options with which the issuer verifies its own tokens: with the keys in memory, so without network access.
 *
 * @param secrets the secrets that verify them in shared-secret mode
 */
export function ownIssuer(config: AuthConfig, ring: KeyRing, audience: string, secrets: Secrets): OwnIssuer {
  const issuer = config.AUTH_ISSUER;
  if (config.JWT_SIGNING === 'shared-secret') return { issuer, audience, algorithms: ['HS256'], secrets };
  return {
    issuer,
    audience,
    algorithms: SIGNING_ALGORITHMS,
    keys: { load: () => Promise.resolve({ keys: ring.published() }) },
    revocations: { isRevoked: ({ keyId }) => !ring.isPublished(keyId) },
  };
}
