import { randomUUID } from 'node:crypto';
import { expectProblem, startFirstPartyIssuer, type FirstPartyIssuer } from './first-party-issuer.js';

describe('endpoints that are not for everybody', () => {
  let administrator: string;
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer();
    administrator = (await issuer.logIn()).access_token;
  }, 60_000);
  afterAll(() => issuer.close());

  const PROTECTED = [
    ['GET', '/auth/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${randomUUID()}`],
    ['POST', '/auth/password'],
  ] as const;
  const FOR_ADMINISTRATORS = [
    ['GET', '/admin/accounts'],
    ['POST', '/admin/accounts'],
    ['GET', `/admin/accounts/${randomUUID()}`],
    ['POST', `/admin/accounts/${randomUUID()}/disable`],
    ['POST', `/admin/accounts/${randomUUID()}/enable`],
    ['PUT', `/admin/accounts/${randomUUID()}/roles`],
    ['GET', `/admin/accounts/${randomUUID()}/sessions`],
    ['DELETE', `/admin/accounts/${randomUUID()}/sessions`],
    ['DELETE', `/admin/accounts/${randomUUID()}/sessions/${randomUUID()}`],
    ['GET', '/admin/roles'],
    ['PUT', '/admin/roles/customer'],
    ['DELETE', '/admin/roles/customer'],
    ['GET', '/admin/keys'],
    ['POST', '/admin/keys/rotate'],
    ['POST', '/admin/keys/x/retire'],
    ['POST', '/admin/keys/x/compromise'],
    ['GET', '/admin/security-events'],
    ['GET', '/admin/audit-log'],
  ] as const;

  it.each([...PROTECTED, ...FOR_ADMINISTRATORS])(
    'refuse %s %s without a token, or with a bad one',
    async (method, path) => {
      const without = await issuer.call(method, path);
      expectProblem(without, 401, 'authentication_required');
      expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expectProblem(await issuer.call(method, path, `${administrator.slice(0, -4)}AAAA`), 401, 'invalid_token');
    },
  );

  it.each(FOR_ADMINISTRATORS)('refuse %s %s to who is no administrator', async (method, path) => {
    const { access_token: token } = await issuer.person();
    expectProblem(await issuer.call(method, path, token), 403, 'insufficient_role');
  });
});
