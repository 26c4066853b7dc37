import { createHmac, createPublicKey } from 'node:crypto';
import { createSigningKey, type SigningKey, unsigned } from '../../src/entry/testing.js';
import { describeAttacks, type Target } from './describe-attacks.js';

/** HS256 with bytes that everybody has: the public key in the forms that libraries have mistaken for a secret. */
function hmacKey({ issuer }: Target, secret: string | Buffer): SigningKey {
  const sign = (signingInput: string) => createHmac('sha256', secret).update(signingInput).digest();
  return { ...issuer.key, algorithm: 'HS256', sign };
}

function publicKey({ issuer }: Target) {
  return createPublicKey({ key: issuer.jwks().keys[0] as { kty: string }, format: 'jwk' });
}

function signedBy(target: Target, key: SigningKey, header = {}): string {
  return target.issuer.sign(
    target.issuer.header({ kid: target.issuer.key.keyId, ...header }, key),
    target.issuer.claims(),
    key,
  );
}

describeAttacks('algorithm', [
  {
    title: 'no signature at all, alg none (RFC 7518 §3.6)',
    code: 'token_malformed',
    token: async ({ issuer }) => unsigned(await issuer.mint()),
  },
  ...['none', 'None', 'NONE', 'nOnE'].map((alg) => ({
    title: `alg ${alg} with the signature of the real token`,
    code: 'algorithm_not_allowed' as const,
    token: ({ issuer }: Target) => issuer.sign(issuer.header({ alg }), issuer.claims()),
  })),
  {
    title: 'HS256 with the public key as PEM for a secret',
    code: 'algorithm_not_allowed',
    token: (target) => signedBy(target, hmacKey(target, publicKey(target).export({ type: 'spki', format: 'pem' }))),
  },
  {
    title: 'HS256 with the public key as DER for a secret',
    code: 'algorithm_not_allowed',
    token: (target) => signedBy(target, hmacKey(target, publicKey(target).export({ type: 'spki', format: 'der' }))),
  },
  {
    title: 'HS256 with the public key as JWK for a secret',
    code: 'algorithm_not_allowed',
    token: (target) => signedBy(target, hmacKey(target, JSON.stringify(target.issuer.jwks().keys[0]))),
  },
  {
    title: 'HS256 with an empty secret',
    code: 'algorithm_not_allowed',
    token: (target) => signedBy(target, hmacKey(target, '')),
  },
  ...(['ES384', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const).map((algorithm) => ({
    title: `a good ${algorithm} signature of the attacker's own key under the issuer's kid`,
    code: 'algorithm_not_allowed' as const,
    token: async (target: Target) => signedBy(target, await createSigningKey(algorithm)),
  })),
  ...['es256', 'ES256 ', 'ES256K', 'constructor', '__proto__', 'toString'].map((alg) => ({
    title: `alg ${JSON.stringify(alg)}, which is nearly or inherited`,
    code: 'algorithm_not_allowed' as const,
    token: ({ issuer }: Target) =>
      issuer.sign(`{"typ":"at+jwt","alg":"${alg}","kid":"${issuer.key.keyId}"}`, issuer.claims()),
  })),
]);
