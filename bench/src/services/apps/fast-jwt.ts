import { createVerifier } from 'fast-jwt';
import type { Authentication, ServiceSettings } from '../settings.js';
import { bearerGuard } from './bearer-guard.js';

/** A hand-made guard on fast-jwt, its cache larger than all live tokens: with too few entries it thrashes. */
export function fastJwtCached(settings: ServiceSettings): Authentication {
  return fastJwt(settings, 20_000);
}

export function fastJwtUncached(settings: ServiceSettings): Authentication {
  return fastJwt(settings, false);
}

function fastJwt({ publicKeyPem, issuer, audience }: ServiceSettings, cache: number | false): Authentication {
  const verify = createVerifier({
    key: publicKeyPem,
    algorithms: ['ES256'],
    allowedIss: issuer,
    allowedAud: audience,
    cache,
  });
  return { providers: [bearerGuard((token) => verify(token))] };
}
