import { generateKeyPair, exportJWK, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import {
  ACCESS_TOKEN_TYPE,
  basic,
  JWT_BEARER,
  newSecret,
  startIssuer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

const METADATA = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const secret = newSecret();
type Metadata = Readonly<Record<string, string & readonly string[]>>;

let issuer: IssuerUnderTest;
let metadata: Metadata;
const keys = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>['privateKey']>();

beforeAll(async () => {
  const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'];
  const jwks = await Promise.all(
    algorithms.map(async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg);
      keys.set(alg, privateKey);
      return { ...(await exportJWK(publicKey)), alg, kid: alg };
    }),
  );
  const permissions = { scopes: ['inventory:read'], audiences: ['inventory'] };
  const grants = ['client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'];
  issuer = await startIssuer([
    { clientId: 'app', secret, grants, ...permissions },
    { clientId: 'signer', jwks: { keys: jwks }, grants, ...permissions },
  ]);
  metadata = (await (await fetch(`${issuer.url}${METADATA[0]!}`)).json()) as Metadata;
});
afterAll(() => issuer.close());

const pathOf = (url: string | undefined) => String(url).slice(issuer.url.length);
const ENDPOINTS = ['token', 'introspection', 'revocation'] as const;

describe('the metadata', () => {
  it('is one document under both names, names the issuer, and may be cached', async () => {
    for (const path of METADATA) {
      const response = await fetch(`${issuer.url}${path}`);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('cache-control')).toBe('public, max-age=300');
      expect(await response.json()).toEqual(metadata);
    }
    expect(metadata['issuer']).toBe(issuer.url);
  });

  it('has no member that no test knows', () => {
    expect(Object.keys(metadata).toSorted()).toEqual(
      [
        'issuer',
        'jwks_uri',
        'service_documentation',
        'grant_types_supported',
        'response_types_supported',
        'subject_types_supported',
        ...ENDPOINTS.flatMap((name) => [
          `${name}_endpoint`,
          `${name}_endpoint_auth_methods_supported`,
          `${name}_endpoint_auth_signing_alg_values_supported`,
        ]),
      ].toSorted(),
    );
  });

  it('names URLs that are there', async () => {
    const jwks = (await (await fetch(String(metadata['jwks_uri']))).json()) as { keys: object[] };
    expect(jwks.keys.length).toBeGreaterThan(0);
    expect((await fetch(String(metadata['service_documentation']))).status).toBe(200);
    for (const name of ENDPOINTS) {
      const { status, body } = await issuer.post(pathOf(metadata[`${name}_endpoint`]), {});
      expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
    }
  });

  it('names the grants that work, all of them and no other', async () => {
    const grants = metadata['grant_types_supported'] ?? [];
    for (const grant_type of grants) {
      const { accessToken, refreshToken } = await issuer.newPersonAt('app');
      const exchange = { subject_token: accessToken, subject_token_type: ACCESS_TOKEN_TYPE, audience: 'inventory' };
      const form = { grant_type, refresh_token: refreshToken, ...exchange };
      expect((await issuer.as('app', secret)('/oauth/token', form)).status).toBe(200);
    }
    for (const grant_type of ['password', 'implicit', 'authorization_code', JWT_BEARER]) {
      expect(grants).not.toContain(grant_type);
      const { body } = await issuer.as('app', secret)('/oauth/token', { grant_type });
      expect(body['error']).toBe('unsupported_grant_type');
    }
    expect(metadata['response_types_supported']).toEqual([]);
  });

  it.each(ENDPOINTS)('names the ways to authenticate that work at the %s endpoint', async (name) => {
    const path = pathOf(metadata[`${name}_endpoint`]);
    const form = { grant_type: 'client_credentials', token: 'x' };
    const ways: Record<string, () => Promise<number>> = {
      client_secret_basic: async () => (await issuer.post(path, form, { authorization: basic('app', secret) })).status,
      client_secret_post: async () =>
        (await issuer.post(path, { ...form, client_id: 'app', client_secret: secret })).status,
      private_key_jwt: async () => (await issuer.post(path, { ...form, ...(await assertion('ES256')) })).status,
    };
    expect(metadata[`${name}_endpoint_auth_methods_supported`]).toEqual(Object.keys(ways));
    for (const way of Object.values(ways)) expect(await way()).toBe(200);

    const algorithms: readonly string[] = metadata[`${name}_endpoint_auth_signing_alg_values_supported`] ?? [];
    expect(algorithms.toSorted()).toEqual([...keys.keys()].toSorted());
    for (const algorithm of algorithms) {
      expect((await issuer.post(path, { ...form, ...(await assertion(algorithm)) })).status).toBe(200);
    }
  });

  async function assertion(alg: string): Promise<Record<string, string>> {
    const client_assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg, kid: alg })
      .setIssuer('signer')
      .setSubject('signer')
      .setAudience(issuer.url)
      .setExpirationTime('60 s')
      .sign(keys.get(alg)!);
    return { client_assertion_type: JWT_BEARER, client_assertion };
  }
});

it('with a shared secret the metadata names no keys, and tokens are exchanged all the same', async () => {
  const shared = await startIssuer(
    [
      {
        clientId: 'orders',
        secret,
        grants: ['urn:ietf:params:oauth:grant-type:token-exchange'],
        scopes: [],
        audiences: ['inventory'],
      },
    ],
    { JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: newSecret() },
  );
  try {
    const document = (await (await fetch(`${shared.url}${METADATA[0]!}`)).json()) as Metadata;
    expect(document).not.toHaveProperty('jwks_uri');
    const { status } = await shared.as('orders', secret)('/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: shared.admin.accessToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
      audience: 'inventory',
    });
    expect(status).toBe(200);
  } finally {
    await shared.close();
  }
});
