import { randomUUID } from 'node:crypto';
import { expectProblem, PASSWORD, startFirstPartyIssuer, type FirstPartyIssuer } from './first-party-issuer.js';

const PUBLIC = [
  ['POST', '/auth/register'],
  ['POST', '/auth/login'],
  ['POST', '/auth/refresh'],
  ['POST', '/auth/logout'],
  ['POST', '/auth/password-reset'],
  ['GET', '/.well-known/jwks.json'],
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/openid-configuration'],
  ['GET', '/health/live'],
  ['GET', '/health/ready'],
  ['GET', '/metrics'],
  // For clients: test/oauth.
  ['POST', '/oauth/token'],
  ['POST', '/oauth/introspect'],
  ['POST', '/oauth/revoke'],
] as const;
const FOR_PEOPLE = [
  ['GET', '/auth/me'],
  ['GET', '/auth/sessions'],
  ['DELETE', '/auth/sessions'],
  ['DELETE', '/auth/sessions/{id}'],
  ['POST', '/auth/password'],
] as const;
const FOR_ADMINISTRATORS = [
  ['GET', '/admin/accounts'],
  ['POST', '/admin/accounts'],
  ['GET', '/admin/accounts/{id}'],
  ['DELETE', '/admin/accounts/{id}'],
  ['POST', '/admin/accounts/{id}/disable'],
  ['POST', '/admin/accounts/{id}/enable'],
  ['POST', '/admin/accounts/{id}/password-reset'],
  ['PUT', '/admin/accounts/{id}/roles'],
  ['GET', '/admin/accounts/{id}/sessions'],
  ['DELETE', '/admin/accounts/{id}/sessions'],
  ['DELETE', '/admin/accounts/{id}/sessions/{sid}'],
  ['GET', '/admin/roles'],
  ['PUT', '/admin/roles/{name}'],
  ['DELETE', '/admin/roles/{name}'],
  ['GET', '/admin/clients'],
  ['POST', '/admin/clients'],
  ['GET', '/admin/clients/{clientId}'],
  ['PATCH', '/admin/clients/{clientId}'],
  ['POST', '/admin/clients/{clientId}/secrets'],
  ['DELETE', '/admin/clients/{clientId}/secrets/{secretId}'],
  ['PUT', '/admin/clients/{clientId}/jwks'],
  ['DELETE', '/admin/clients/{clientId}/jwks'],
  ['POST', '/admin/clients/{clientId}/disable'],
  ['POST', '/admin/clients/{clientId}/enable'],
  ['GET', '/admin/keys'],
  ['POST', '/admin/keys/rotate'],
  ['POST', '/admin/keys/{kid}/retire'],
  ['POST', '/admin/keys/{kid}/compromise'],
  ['GET', '/admin/security-events'],
  ['GET', '/admin/audit-log'],
] as const;

const filled = (path: string) => path.replaceAll(/\{\w+\}/g, () => randomUUID());

describe('endpoints that are not for everybody', () => {
  let administrator: string;
  let customer: string;
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer();
    administrator = (await issuer.logIn()).access_token;
    customer = (await issuer.person()).access_token;
  }, 60_000);
  afterAll(() => issuer.close());

  it('are all of the app that are not for everybody', async () => {
    const { body } = await issuer.call('GET', '/docs/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, unknown>> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = [...PUBLIC, ...FOR_PEOPLE, ...FOR_ADMINISTRATORS].map((route) => route.join(' '));
    expect(described.filter((route) => !known.includes(route))).toEqual([]);
    expect(
      [...FOR_PEOPLE, ...FOR_ADMINISTRATORS]
        .map((route) => route.join(' '))
        .filter((route) => !described.includes(route)),
    ).toEqual([]);
  });

  it.each([...FOR_PEOPLE, ...FOR_ADMINISTRATORS])(
    'refuse %s %s without a token, or with a bad one',
    async (method, template) => {
      const path = filled(template);
      const without = await issuer.call(method, path);
      expectProblem(without, 401, 'authentication_required');
      expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expectProblem(await issuer.call(method, path, `${administrator.slice(0, -4)}AAAA`), 401, 'invalid_token');
    },
  );

  it('answer nothing that a cache may keep, most of all where a secret is in it', async () => {
    const clientId = `client-${randomUUID().slice(0, 8)}`;
    const made = { clientId, name: 'A client', grants: ['client_credentials'], scopes: [], audiences: ['orders'] };
    const answers = [
      await issuer.call('POST', '/admin/clients', administrator, made),
      await issuer.call('POST', `/admin/clients/${clientId}/secrets`, administrator),
      await issuer.call('GET', '/admin/accounts', administrator),
      await issuer.call('GET', '/admin/audit-log', administrator),
      await issuer.call('GET', '/auth/me', administrator),
      await issuer.call('GET', '/auth/sessions', administrator),
      await issuer.call('POST', '/auth/register', undefined, { email: `${clientId}@example.com`, password: PASSWORD }),
      await issuer.call('POST', '/auth/logout', undefined, { refresh_token: 'A'.repeat(86) }),
    ];
    expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each(FOR_ADMINISTRATORS)('refuse %s %s to who is no administrator', async (method, path) => {
    expectProblem(await issuer.call(method, filled(path), customer), 403, 'insufficient_role');
  });
});
