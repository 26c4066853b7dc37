import { randomBytes } from 'node:crypto';
import { TokenVerifier } from '../src/verification/index.js';
import { userClaims, createTestIssuer, withBrokenSignature, withClaims } from '../src/entry/testing.js';
import { expectAccepted, expectRefused } from './attacks/describe-attacks.js';

const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
  'HS256',
] as const;

describe('a good token', () => {
  it.each(ALGORITHMS)('signed by %s is verified, and the second time in place', async (algorithm) => {
    const issuer = await createTestIssuer({ algorithm });
    const verifier = new TokenVerifier({ issuers: [issuer.trusted('orders')] });
    const token = await issuer.mint(
      userClaims({ subject: 'ada', roles: ['admin'], scopes: ['orders:read', 'orders:write'] }),
    );

    const verified = await verifier.verify(token);

    expect(verified).toMatchObject({
      issuer: issuer.issuer,
      subject: 'ada',
      clientId: 'watchword',
      keyId: issuer.key.keyId,
    });
    expect([...verified.scopes]).toEqual(['orders:read', 'orders:write']);
    expect([...verified.roles]).toEqual(['admin']);
    expect(verifier.verify(Buffer.from(token).toString())).toBe(verified);
  });

  it.each(ALGORITHMS)(
    'signed by %s is refused with any other signature, or with any other claim',
    async (algorithm) => {
      const issuer = await createTestIssuer({ algorithm });
      const verifier = new TokenVerifier({ issuers: [issuer.trusted('orders')] });
      const token = await issuer.mint();
      await expectAccepted(verifier, token);
      const [header, payload, signature = ''] = token.split('.');
      const signed = (bytes: Buffer) => [header, payload, bytes.toString('base64url')].join('.');
      const { length } = Buffer.from(signature, 'base64url');
      const forged = [
        withBrokenSignature(token),
        withClaims(token, { sub: 'admin' }),
        signed(Buffer.alloc(length)),
        signed(Buffer.alloc(length, 0xff)),
        signed(randomBytes(length)),
        signed(Buffer.from(signature, 'base64url').subarray(1)),
        signed(Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.alloc(1)])),
      ];
      for (const attack of forged) await expectRefused(verifier, attack, 'signature_invalid');
    },
  );

  it('is verified with keys that are fetched', async () => {
    const issuer = await createTestIssuer();
    const server = await issuer.serve();
    const verifier = new TokenVerifier({
      issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { jwksUri: server.jwksUri } }],
    });
    await verifier.start();
    expect(verifier.status()).toMatchObject([{ ready: true, keyIds: [issuer.key.keyId], lastError: undefined }]);
    expect(await verifier.verify(await issuer.mint())).toMatchObject({ subject: 'user-1' });
    verifier.stop();
    await server.close();
  });
});
