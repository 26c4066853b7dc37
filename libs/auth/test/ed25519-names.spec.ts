import { createSigningKey, createTestIssuer, type TestIssuer } from '../src/entry/testing.js';
import { type AsymmetricAlgorithm, TokenVerifier } from '../src/verification/index.js';
import { expectAccepted, expectRefused } from './attacks/describe-attacks.js';

const NAMES = ['EdDSA', 'Ed25519'] as const;

describe('the two names of Ed25519 signatures (RFC 8037 §3.1, RFC 9864 §2.2)', () => {
  let issuer: TestIssuer;

  beforeEach(async () => {
    issuer = await createTestIssuer({ algorithm: 'EdDSA' });
  });

  const verifierFor = (jwkAlg: string | undefined, algorithms: [AsymmetricAlgorithm, ...AsymmetricAlgorithm[]]) => {
    const keys = issuer.jwks().keys.map((jwk) => ({ ...jwk, alg: jwkAlg }));
    const jwks = { keys };
    return new TokenVerifier({
      issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { jwks }, algorithms }],
    });
  };

  it.each(NAMES.flatMap((alg) => [...NAMES, undefined].map((jwkAlg) => [alg, jwkAlg] as const)))(
    'a token with alg %s is verified by a key with alg %s, where the issuer may use both',
    async (alg, jwkAlg) => {
      const verifier = verifierFor(jwkAlg, ['EdDSA', 'Ed25519']);
      await expectAccepted(verifier, await issuer.mint({}, { header: { alg } }));
    },
  );

  it.each([
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
  ] as const)('a token with alg %s is refused where the issuer may use %s alone', async (alg, allowed) => {
    const verifier = verifierFor(allowed, [allowed]);
    await expectRefused(verifier, await issuer.mint({}, { header: { alg } }), 'algorithm_not_allowed');
    await expectAccepted(verifier, await issuer.mint({}, { header: { alg: allowed } }));
  });

  it.each(NAMES)('neither name stands for a key of another type: %s', async (alg) => {
    const es256 = await createTestIssuer();
    const verifier = new TokenVerifier({
      issuers: [
        {
          issuer: es256.issuer,
          audience: 'orders',
          keys: { jwks: es256.jwks() },
          algorithms: ['ES256', 'EdDSA', 'Ed25519'],
        },
      ],
    });
    const forged = { ...(await createSigningKey(alg)), keyId: es256.key.keyId };
    await expectRefused(verifier, await es256.mint({}, { key: forged }), 'algorithm_not_allowed');
  });

  it('a key that is published under the other name from now on keeps its tokens verified', async () => {
    let alg = 'EdDSA';
    const load = async () => ({ keys: issuer.jwks().keys.map((jwk) => ({ ...jwk, alg })) });
    const verifier = new TokenVerifier({
      issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { load }, algorithms: ['EdDSA', 'Ed25519'] }],
    });
    const verified = await verifier.verify(await issuer.mint({ jti: 'one' }));
    const token = await issuer.mint({ jti: 'two' });
    const before = await verifier.verify(token);
    alg = 'Ed25519';
    await verifier.refreshKeys();
    expect(verifier.verify(token)).toBe(before);
    expect(verified.tokenId).toBe('one');
    verifier.stop();
  });
});
