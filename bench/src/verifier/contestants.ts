import { JwtVerifier } from 'aws-jwt-verify';
import { createVerifier } from 'fast-jwt';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { ServiceSettings } from '../services/settings.js';
import type { VerifyToken } from './verify-token.js';
import { watchwordVerifier } from './watchword-verifier.js';

type Prepare = (settings: ServiceSettings) => Promise<VerifyToken> | VerifyToken;

/** Each library's verifier with issuer, audience and algorithm checked, by name. */
export const contestants: Readonly<Record<string, Prepare>> = {
  watchword: (settings) => watchwordVerifier(settings),
  'watchword, no cache': (settings) => watchwordVerifier(settings, false),
  'jose, local key set': ({ jwks, issuer, audience }) => {
    const keys = createLocalJWKSet({ keys: [...jwks.keys] });
    const options = { issuer, audience, algorithms: ['ES256'], typ: 'at+jwt' };
    return (token) => jwtVerify(token, keys, options);
  },
  'fast-jwt, cache of 20,000': (settings) => fastJwt(settings, 20_000),
  'fast-jwt, no cache': (settings) => fastJwt(settings, false),
  'aws-jwt-verify': ({ jwks, issuer, audience }) => {
    const verifier = JwtVerifier.create({ issuer, audience });
    verifier.cacheJwks({ keys: jwks.keys.filter((key) => key.alg === 'ES256') } as never);
    return (token) => verifier.verify(token);
  },
};

function fastJwt({ publicKeyPem, issuer, audience }: ServiceSettings, cache: number | false): VerifyToken {
  return createVerifier({
    key: publicKeyPem,
    algorithms: ['ES256'],
    allowedIss: issuer,
    allowedAud: audience,
    cache,
  });
}
