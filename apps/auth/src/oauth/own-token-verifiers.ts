import { type Clock, TokenVerifier } from '@watchword/auth';
import { type AuthConfig, ISSUER_AUDIENCE } from '../config/index.js';
import { issuerSecrets } from '../keys/signing/issuer-secrets.js';
import type { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import type { KeyRing } from '../keys/publishing/key-ring.js';
import { ownIssuer, type Secrets } from '../keys/signing/own-issuer.js';

/** What every token is for, to its own issuer. */
const ANYBODY = 'urn:watchword:any-audience';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Verify the issuer's own tokens, whatever service they are for; each token is one of them's. `audience` of what they give
 * says nothing: PresentedAccessTokens puts the token's own there.
 *
 * In shared-secret mode there are two, for the secrets that the services hold are no good for tokens for the issuer.
 */
export function ownTokenVerifiers(
  config: AuthConfig,
  ring: KeyRing,
  keys: KeyEncryptionKeys,
  clock: Clock,
): readonly TokenVerifier[] {
  const verifier = (secrets: Secrets, takes: (claims: Claims) => boolean): TokenVerifier => {
    const { revocations, ...issuer } = ownIssuer(config, ring, ANYBODY, secrets);
    return new TokenVerifier({
      issuers: [{ ...issuer, claims: { audience: (claims) => (takes(claims) ? [ANYBODY] : []) } }],
      clock,
      clockTolerance: config.CLOCK_TOLERANCE,
      ...(revocations === undefined ? {} : { revocations }),
    });
  };
  return config.JWT_SIGNING === 'asymmetric'
    ? [verifier(config.sharedSecrets, () => true)]
    : [verifier(config.sharedSecrets, (claims) => !isForIssuer(claims)), verifier(issuerSecrets(keys), isForIssuer)];
}

function isForIssuer({ aud }: Claims): boolean {
  return [aud].flat().includes(ISSUER_AUDIENCE);
}
