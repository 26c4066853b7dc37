import {
  expectProblem,
  OTHER_PASSWORD,
  PASSWORD,
  startFirstPartyIssuer,
  type FirstPartyIssuer,
} from './first-party-issuer.js';

describe('a forgotten password', () => {
  let administrator: string;
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer();
    administrator = (await issuer.logIn()).access_token;
  }, 60_000);
  afterAll(() => issuer.close());

  it('is replaced with a code from an administrator, which no cache keeps and no one else makes', async () => {
    const ann = await issuer.person();
    const path = `/admin/accounts/${ann.id}/password-reset`;
    expectProblem(await issuer.call('POST', path, ann.access_token), 403, 'insufficient_role');
    const issued = await issuer.call('POST', path, administrator);
    expect(issued.status).toBe(201);
    expect(issued.headers.get('cache-control')).toBe('no-store');
    const { code, ...others } = issued.body as { code: string; expiresAt: string };
    expect(Object.keys(others)).toEqual(['expiresAt']);

    const reset = { email: ann.email, code, newPassword: OTHER_PASSWORD };
    const weak = await issuer.call('POST', '/auth/password-reset', undefined, {
      ...reset,
      newPassword: PASSWORD.slice(0, 9),
    });
    expectProblem(weak, 422, 'password_rejected');
    const answer = await issuer.call('POST', '/auth/password-reset', undefined, reset);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expectProblem(await issuer.call('GET', '/auth/me', ann.access_token), 401, 'invalid_token');
    await issuer.logIn({ email: ann.email, password: OTHER_PASSWORD });
    expectProblem(await issuer.call('POST', '/auth/password-reset', undefined, reset), 403, 'invalid_reset_code');
  });

  it('is asked for the same way whoever the address belongs to', async () => {
    const ann = await issuer.person();
    await issuer.call('POST', `/admin/accounts/${ann.id}/password-reset`, administrator);
    const ask = (email: string) =>
      issuer.call('POST', '/auth/password-reset', undefined, { email, code: 'x', newPassword: OTHER_PASSWORD });
    const [known, unknown] = [await ask(ann.email), await ask('nobody@example.com')];
    expectProblem(known, 403, 'invalid_reset_code');
    const { requestId: _, ...said } = known.body as Record<string, unknown>;
    expect(unknown).toMatchObject({ status: known.status, body: said });
  });
});
