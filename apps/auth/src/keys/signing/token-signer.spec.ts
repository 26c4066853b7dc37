import { sharedSecretKeyId } from '@watchword/auth';
import { createPublicKey, createSecretKey, randomBytes } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { ManualClock } from '@watchword/auth/testing';
import { KeyRing } from '../publishing/key-ring.js';
import { KeyRingSigner } from './key-ring-signer.js';
import { SharedSecretSigner } from './shared-secret-signer.js';
import { generateSigningKeyPair, SIGNING_ALGORITHMS } from '../../cryptography/signing-algorithm.js';

describe('what the issuer signs', () => {
  it.each(SIGNING_ALGORITHMS)('verifies with the public key, of %s', async (algorithm) => {
    const clock = new ManualClock();
    const { privateKey, publicKey } = await generateSigningKeyPair(algorithm);
    const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: algorithm };
    const times = { createdAt: 0, activatesAt: 0, retiresAt: undefined, goneAt: undefined, compromisedAt: undefined };
    const ring = new KeyRing(
      () => Promise.resolve([{ kid: 'k', algorithm, publicJwk, privateKey, ...times }]),
      1,
      clock,
    );
    await ring.refresh();
    const signer = new KeyRingSigner(ring);
    const token = signer.sign('at+jwt', { sub: 'Ann' });
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'at+jwt', alg: algorithm, kid: 'k' });
    const { payload } = await jwtVerify(token, createPublicKey({ key: publicJwk, format: 'jwk' }));
    expect(payload).toEqual({ sub: 'Ann' });
    expect(signer.algorithms()).toEqual([algorithm]);
  });

  it('verifies with the shared secret, which its kid names', async () => {
    const secret = randomBytes(32).toString('base64url');
    const signer = new SharedSecretSigner(secret);
    const token = signer.sign('at+jwt', { sub: 'Ann' });
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'at+jwt', alg: 'HS256', kid: sharedSecretKeyId(secret) });
    const { payload } = await jwtVerify(token, createSecretKey(Buffer.from(secret, 'base64url')));
    expect(payload).toEqual({ sub: 'Ann' });
  });
});
