import { createSigningKey, encodeSegment, withBrokenSignature, withClaims } from '../../src/entry/testing.js';
import { describeAttacks, type Target } from './describe-attacks.js';

/** The token with these bytes for a signature. */
async function withSignature({ issuer }: Target, change: (signature: Buffer) => Buffer): Promise<string> {
  const [header, payload, signature = ''] = (await issuer.mint()).split('.');
  return [header, payload, change(Buffer.from(signature, 'base64url')).toString('base64url')].join('.');
}

/** The same two integers in the ASN.1 form that JWS does not use. */
function toDer(signature: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    const value = Buffer.concat([Buffer.from([0]), bytes]);
    return Buffer.concat([Buffer.from([2, value.length]), value]);
  };
  const body = Buffer.concat([integer(signature.subarray(0, 32)), integer(signature.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

describeAttacks('signature', [
  {
    title: 'one bit of the signature turned',
    code: 'signature_invalid',
    token: async ({ issuer }) => withBrokenSignature(await issuer.mint()),
  },
  {
    title: 'a role put into the payload',
    code: 'signature_invalid',
    token: async ({ issuer }) => withClaims(await issuer.mint(), { roles: ['admin'] }),
  },
  {
    title: 'exp put off in the payload',
    code: 'signature_invalid',
    token: async ({ issuer }) => withClaims(await issuer.mint(), { exp: 4_000_000_000 }),
  },
  {
    title: 'a header parameter added after signing',
    code: 'signature_invalid',
    token: async ({ issuer }) => {
      const [, payload, signature] = (await issuer.mint()).split('.');
      return [encodeSegment(issuer.header({ extra: 1 })), payload, signature].join('.');
    },
  },
  {
    title: 'the signature of another good token of the same issuer',
    code: 'signature_invalid',
    token: async ({ issuer, verifier }) => {
      const [header, payload] = (await issuer.mint({ sub: 'victim' })).split('.');
      const other = await issuer.mint();
      await verifier.verify(other); // so that a cache by signature would find it
      return [header, payload, other.split('.')[2]].join('.');
    },
  },
  {
    title: "another environment's key with the same kid",
    code: 'signature_invalid',
    token: async ({ issuer }) => {
      const key = { ...(await createSigningKey('ES256')), keyId: issuer.key.keyId };
      return issuer.mint({}, { key });
    },
  },
  {
    title: 'r and s zero (CVE-2022-21449)',
    code: 'signature_invalid',
    token: (target) => withSignature(target, () => Buffer.alloc(64)),
  },
  { title: 'ASN.1 instead of r and s', code: 'signature_invalid', token: (target) => withSignature(target, toDer) },
  {
    title: 'a signature that is cut short',
    code: 'signature_invalid',
    token: (target) => withSignature(target, (signature) => signature.subarray(0, 63)),
  },
  {
    title: 'a signature with a byte after it',
    code: 'signature_invalid',
    token: (target) => withSignature(target, (signature) => Buffer.concat([signature, Buffer.alloc(1)])),
  },
  {
    title: 'one byte for a signature',
    code: 'signature_invalid',
    token: (target) => withSignature(target, () => Buffer.alloc(1)),
  },
]);
