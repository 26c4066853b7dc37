import { createTestIssuer } from '../../entry/testing.js';
import { TokenVerifier } from '../token-verifier.js';
import type { VerifiedToken } from '../verified-token.js';

describe('what was verified', () => {
  const attempts: readonly (readonly [string, (token: VerifiedToken) => unknown])[] = [
    ['its subject', (token) => Object.assign(token, { subject: 'admin' })],
    ['its roles', (token) => (token.roles as Set<string>).add('admin')],
    ['its scopes, by taking one away', (token) => (token.scopes as Set<string>).delete('orders:read')],
    ['its scopes, all', (token) => (token.scopes as Set<string>).clear()],
    ['its audience', (token) => (token.audience as string[]).push('everything')],
    ['a claim', (token) => Object.assign(token.claims, { sub: 'admin' })],
    ['a list in a claim', (token) => (token.claims.roles as string[]).push('admin')],
    ['an object in a claim', (token) => Object.assign(token.claims.deep as object, { a: 2 })],
    ['its actor', (token) => Object.assign(token.actor as object, { subject: 'admin' })],
    ["its actor's actor", (token) => Object.assign(token.actor?.actor as object, { subject: 'admin' })],
  ];

  it.each(attempts)('cannot be changed: %s', async (_, change) => {
    const issuer = await createTestIssuer();
    const verifier = new TokenVerifier({ issuers: [issuer.trusted('orders')] });
    const act = { sub: 'orders', act: { sub: 'web' } };
    const token = await verifier.verify(await issuer.mint({ scope: 'orders:read', deep: { a: 1 }, act }));
    expect(() => change(token)).toThrow(TypeError);
    expect(token).toMatchObject({ subject: 'user-1', actor: { subject: 'orders', actor: { subject: 'web' } } });
    expect([...token.roles, ...token.scopes]).toEqual(['customer', 'orders:read']);
  });
});
