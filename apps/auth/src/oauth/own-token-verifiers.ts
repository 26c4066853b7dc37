import { type Clock, TokenVerifier } from '@watchword/auth';
import { type AuthConfig, ISSUER_AUDIENCE } from '../config/index.js';
import { issuerSecrets } from '../keys/signing/issuer-secrets.js';
import type { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import type { KeyRing } from '../keys/publishing/key-ring.js';
import { ownIssuer, type Secrets } from '../keys/signing/own-issuer.js';

/** The audience that every token has for its own issuer. */
const ANYBODY = 'urn:watchword:any-audience';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Verifiers for the issuer's own tokens, for any audience; each token is verified by one of them. They do not check the audience, and
 * their result does not contain it: PresentedAccessTokens adds the audience of the token.
 *
 * In shared-secret mode there are two, because tokens for the issuer are not signed with the secrets that the services have.
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
