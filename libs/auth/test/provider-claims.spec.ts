import { createTestIssuer } from '../src/entry/testing.js';
import { providerClaims, TokenVerifier, type TrustedIssuer } from '../src/verification/index.js';
import { expectAccepted, expectRefused } from './attacks/describe-attacks.js';

describe('the claims of a third party', () => {
  const providers: readonly (readonly [string, Partial<TrustedIssuer>, object, object, object])[] = [
    [
      'Keycloak',
      { tokenTypes: ['JWT'], claims: providerClaims.keycloak('shop') },
      { typ: 'JWT' },
      {
        client_id: undefined,
        roles: undefined,
        azp: 'shop-web',
        typ: 'Bearer',
        realm_access: { roles: ['admin'] },
        resource_access: { shop: { roles: ['buyer'] } },
      },
      { typ: 'ID' },
    ],
    [
      'Auth0',
      { claims: providerClaims.auth0('https://shop.test/roles') },
      {},
      { permissions: ['orders:read'], 'https://shop.test/roles': ['admin', 'buyer'] },
      {},
    ],
    [
      'Entra',
      { tokenTypes: ['JWT'], claims: providerClaims.entra() },
      { typ: 'JWT' },
      {
        client_id: undefined,
        jti: undefined,
        azp: 'app',
        azpacr: '1',
        uti: 'u1',
        scp: 'orders:read',
        aud: 'orders',
        roles: ['admin', 'buyer'],
      },
      { azpacr: undefined },
    ],
    [
      'Cognito',
      { audience: 'app', tokenTypes: ['none'], claims: providerClaims.cognito() },
      { typ: undefined },
      { aud: undefined, client_id: 'app', token_use: 'access', 'cognito:groups': ['admin', 'buyer'] },
      { token_use: 'id' },
    ],
  ];

  it.each(providers)(
    '%s: roles are found, and an ID token is refused',
    async (name, trust, header, claims, idToken) => {
      const issuer = await createTestIssuer();
      const trusted = { ...issuer.trusted('orders'), ...trust } as TrustedIssuer;
      const verifier = new TokenVerifier({ issuers: [trusted] });
      const token = await issuer.mint({ ...claims }, { header: { ...header } });
      expect([...(await verifier.verify(token)).roles]).toEqual(['admin', 'buyer']);
      if (name === 'Auth0') return; // its ID tokens have typ JWT, which is not allowed at all
      const other = await issuer.mint({ ...claims, ...idToken }, { header: { ...header } });
      await expectRefused(verifier, other, 'type_not_allowed');
    },
  );

  const wrongLists: readonly (readonly [string, TrustedIssuer['claims'], object])[] = [
    [
      'Keycloak realm roles',
      providerClaims.keycloak(),
      { azp: 'web', typ: 'Bearer', realm_access: { roles: 'admin' } },
    ],
    [
      'Keycloak client roles',
      providerClaims.keycloak('shop'),
      { azp: 'web', typ: 'Bearer', resource_access: { shop: { roles: 'admin' } } },
    ],
    ['Auth0 permissions', providerClaims.auth0(), { permissions: 'orders:write' }],
    ['Auth0 roles', providerClaims.auth0('roles'), { roles: 'admin' }],
    ['Auth0 scope', providerClaims.auth0(), { scope: ['orders:write'] }],
    ['Entra scope', providerClaims.entra(), { azp: 'web', azpacr: '1', uti: 'u1', scp: ['orders:write'] }],
    [
      'Cognito groups',
      providerClaims.cognito(),
      { client_id: 'orders', token_use: 'access', 'cognito:groups': 'admin' },
    ],
  ];

  it.each(wrongLists)('a text for a list, or a list for a text, is refused: %s', async (_, claims, payload) => {
    const issuer = await createTestIssuer();
    const trusted = { ...issuer.trusted('orders'), claims } as TrustedIssuer;
    await expectRefused(new TokenVerifier({ issuers: [trusted] }), await issuer.mint({ ...payload }), 'claim_invalid');
  });

  it.each([
    ['aud', undefined, 'claim_missing'],
    ['client_id', undefined, 'claim_missing'],
    ['jti', undefined, 'claim_missing'],
    ['scope', ['orders:write'], 'claim_invalid'],
    ['roles', 'admin', 'claim_invalid'],
  ] as const)('a mapping that is there but undefined leaves %s as strict as it is', async (claim, value, code) => {
    const issuer = await createTestIssuer();
    const none = { roles: undefined, scopes: undefined, audience: undefined, clientId: undefined, tokenId: undefined };
    const trusted = { ...issuer.trusted('orders'), claims: none } as unknown as TrustedIssuer;
    const verifier = new TokenVerifier({ issuers: [trusted] });
    await expectAccepted(verifier, await issuer.mint());
    await expectRefused(verifier, await issuer.mint({ [claim]: value }), code, claim);
  });

  it("typ 'none' is not a header without one, nor is application/none", async () => {
    const issuer = await createTestIssuer();
    const claims = { isAccessToken: () => true };
    const trusted = { ...issuer.trusted('orders'), claims, tokenTypes: ['none'] } as TrustedIssuer;
    const verifier = new TokenVerifier({ issuers: [trusted] });
    await expectAccepted(verifier, await issuer.mint({}, { header: { typ: undefined } }));
    for (const typ of ['none', 'None', 'application/none']) {
      await expectRefused(verifier, await issuer.mint({}, { header: { typ } }), 'type_not_allowed');
    }
  });

  it.each([['admin'], [[7]], [{}], [null]])('a mapped claim that is %j is refused', async (groups) => {
    const issuer = await createTestIssuer();
    const claims = { roles: (payload: Readonly<Record<string, unknown>>) => payload.groups as string[] };
    const verifier = new TokenVerifier({ issuers: [{ ...issuer.trusted('orders'), claims }] });
    await expectRefused(verifier, await issuer.mint({ groups }), 'claim_invalid', 'roles');
  });

  it.each([[undefined], [[]]])('a mapped audience that is %j is missing', async (mapped) => {
    const issuer = await createTestIssuer();
    const claims = { audience: () => mapped };
    const verifier = new TokenVerifier({ issuers: [{ ...issuer.trusted('orders'), claims }] });
    await expectRefused(verifier, await issuer.mint(), 'claim_missing', 'aud');
  });

  it('a mapping that fails over a token refuses that token', async () => {
    const issuer = await createTestIssuer();
    const claims = { roles: (payload: Readonly<Record<string, unknown>>) => [(payload.deep as { role: string }).role] };
    const verifier = new TokenVerifier({ issuers: [{ ...issuer.trusted('orders'), claims }] });
    await expectRefused(verifier, await issuer.mint(), 'claim_invalid');
    await expectAccepted(verifier, await issuer.mint({ deep: { role: 'admin' } }));
  });
});
