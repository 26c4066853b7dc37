import { ManualClock } from '@watchword/auth/testing';
import { randomBytes } from 'node:crypto';
import { payloadOf } from '../../test/issuer.js';
import { SharedSecretSigner } from '../keys/signing/shared-secret-signer.js';
import { AccessTokenIssuer } from './access-token-issuer.js';

const REQUEST = {
  subject: 'ann',
  clientId: 'watchword',
  sessionId: 'session',
  audience: ['catalog', 'orders'],
  scopes: ['orders:read', 'orders:write'],
} as const;

describe('an access token', () => {
  const clock = new ManualClock(1_000_000_700);
  const signer = new SharedSecretSigner(randomBytes(32).toString('base64url'));
  const issuer = new AccessTokenIssuer(
    { services: signer, issuer: signer },
    { issuer: 'https://auth.example', lifetime: 300 },
    clock,
  );

  it("has a person's claims in the profile of RFC 9068", () => {
    const issued = issuer.issue({
      ...REQUEST,
      roles: ['customer'],
      authentication: { time: 999_999, methods: ['pwd'] },
      actor: { sub: 'orders', act: { sub: 'portal' } },
    });
    expect(payloadOf(issued.token)).toEqual({
      iss: 'https://auth.example',
      sub: 'ann',
      aud: ['catalog', 'orders'],
      exp: 1_000_300,
      iat: 1_000_000,
      jti: issued.tokenId,
      client_id: 'watchword',
      sid: 'session',
      scope: 'orders:read orders:write',
      roles: ['customer'],
      auth_time: 999_999,
      amr: ['pwd'],
      acr: 'urn:watchword:acr:password',
      act: { sub: 'orders', act: { sub: 'portal' } },
    });
    expect(issued).toMatchObject({ expiresAt: 1_000_300, expiresIn: 300, scope: 'orders:read orders:write' });
    expect(issued.tokenId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('leaves out what a service does not have, rather than sending it empty', () => {
    const claims = payloadOf(issuer.issue({ ...REQUEST, scopes: [] }).token);
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
  });

  it('ends no later than it may', () => {
    expect(issuer.issue({ ...REQUEST, expiresAtMost: 1_000_042 })).toMatchObject({
      expiresAt: 1_000_042,
      expiresIn: 42,
    });
    expect(issuer.issue({ ...REQUEST, expiresAtMost: 2_000_000 })).toMatchObject({ expiresAt: 1_000_300 });
  });

  it('ends no later than was written down for its session', () => {
    expect(issuer.issue(REQUEST).expiresAt * 1000).toBeLessThanOrEqual(issuer.latestExpiry());
  });
});
