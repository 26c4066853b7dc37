import { TokenVerifier } from '@watchword/auth';
import type { ServiceSettings } from '../services/settings.js';
import type { VerifyToken } from './verify-token.js';

/** Watchword's verifier as a service has it, its key set given. */
export async function watchwordVerifier(
  { issuer, audience, jwks }: ServiceSettings,
  cache?: false,
): Promise<VerifyToken> {
  const keys = { jwks: { keys: jwks.keys.filter((key) => key.alg === 'ES256') } };
  const verifier = new TokenVerifier({ issuers: [{ issuer, audience, keys }], ...(cache === false && { cache }) });
  await verifier.start();
  return (token) => verifier.verify(token);
}
