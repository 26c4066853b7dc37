import { type Clock, TokenVerifier } from '@watchword/auth';
import type { AuthConfig } from '../config/index.js';
import type { KeyRing } from '../keys/key-ring.js';
import { ownIssuer } from '../keys/own-issuer.js';

/** What every token is for, to its own issuer. */
const ANYBODY = 'urn:watchword:any-audience';

/**
 * Verifies the issuer's own tokens, whatever service they are for. `audience` of what it gives says nothing:
 * PresentedAccessTokens puts the token's own there.
 */
export function ownTokenVerifier(config: AuthConfig, ring: KeyRing, clock: Clock): TokenVerifier {
  const { revocations, ...issuer } = ownIssuer(config, ring, ANYBODY);
  return new TokenVerifier({
    issuers: [{ ...issuer, claims: { audience: () => [ANYBODY] } }],
    clock,
    clockTolerance: config.CLOCK_TOLERANCE,
    ...(revocations === undefined ? {} : { revocations }),
  });
}
