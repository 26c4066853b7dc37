import { randomUUID } from 'node:crypto';
import {
  expectProblem,
  PASSWORD,
  startFirstPartyIssuer,
  type FirstPartyIssuer,
  type Tokens,
} from './first-party-issuer.js';
import { payloadOf } from './issuer.js';

describe("an administrator's endpoints", () => {
  let administrator: string;
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer();
    administrator = (await issuer.logIn()).access_token;
  }, 60_000);
  afterAll(() => issuer.close());

  it('let an administrator make, find, disable and enable accounts, and end their sessions', async () => {
    const email = `${randomUUID()}@example.com`;
    const made = await issuer.call('POST', '/admin/accounts', administrator, {
      email,
      password: PASSWORD,
      roles: ['catalog-manager'],
    });
    expect(made.status).toBe(201);
    const { id } = made.body as { id: string };
    const { access_token: token } = await issuer.logIn({ email, password: PASSWORD });
    expect(payloadOf(token)).toMatchObject({
      roles: ['catalog-manager'],
      scope: expect.stringContaining('catalog:write') as string,
    });

    const { sessions } = (await issuer.call('GET', `/admin/accounts/${id}/sessions`, administrator)).body as {
      sessions: { id: string }[];
    };
    expect(sessions).toHaveLength(1);
    const path = `/admin/accounts/${id}/sessions/${sessions[0]?.id ?? ''}`;
    expect((await issuer.call('DELETE', path, administrator)).status).toBe(204);
    expectProblem(await issuer.call('DELETE', path, administrator), 404, 'not_found');
    expectProblem(await issuer.call('GET', '/auth/me', token), 401, 'invalid_token');

    expect((await issuer.call('POST', `/admin/accounts/${id}/disable`, administrator)).status).toBe(204);
    expect((await issuer.call('GET', `/admin/accounts/${id}`, administrator)).body).toMatchObject({
      disabled: true,
      email,
    });
    const refused = await issuer.call('POST', '/auth/login', undefined, { email, password: PASSWORD });
    expectProblem(refused, 401, 'invalid_credentials');
    expect((await issuer.call('POST', `/admin/accounts/${id}/enable`, administrator)).status).toBe(204);
    await issuer.logIn({ email, password: PASSWORD });
  });

  it('end the sessions of an account that is disabled, also for when it is enabled again', async () => {
    const ann = await issuer.person();
    for (const change of ['disable', 'enable']) {
      expect((await issuer.call('POST', `/admin/accounts/${ann.id}/${change}`, administrator)).status).toBe(204);
      expectProblem(await issuer.call('GET', '/auth/me', ann.access_token), 401, 'invalid_token');
    }
    const again = await issuer.call('POST', '/auth/refresh', undefined, { refresh_token: ann.refresh_token });
    expectProblem(again, 400, 'invalid_grant');
    const events = await issuer.call('GET', '/admin/security-events?limit=1000', administrator);
    expect((events.body as { value: string }[]).map(({ value }) => value)).toContain(
      payloadOf(ann.access_token)['sid'],
    );
  });

  it('show accounts page by page', async () => {
    await issuer.person();
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const query = after === undefined ? '' : `&after=${after}`;
      const { body } = await issuer.call('GET', `/admin/accounts?limit=2${query}`, administrator);
      const page = body as { accounts: { id: string }[]; next?: string };
      seen.push(...page.accounts.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(2);
  });

  it('refuse an administrator what does not exist or is not allowed', async () => {
    const nobody = `/admin/accounts/${randomUUID()}`;
    expectProblem(await issuer.call('GET', nobody, administrator), 404, 'not_found');
    expectProblem(await issuer.call('POST', `${nobody}/disable`, administrator), 404, 'not_found');
    expectProblem(await issuer.call('PUT', `${nobody}/roles`, administrator, { roles: [] }), 404, 'not_found');
    const self = `/admin/accounts/${String(payloadOf(administrator)['sub'])}`;
    expectProblem(await issuer.call('POST', `${self}/disable`, administrator), 409, 'last_administrator');
    expectProblem(
      await issuer.call('PUT', `${self}/roles`, administrator, { roles: ['customer'] }),
      409,
      'last_administrator',
    );
    expectProblem(
      await issuer.call('PUT', `${self}/roles`, administrator, { roles: ['king', 'admin'] }),
      422,
      'unknown_role',
    );
    expectProblem(await issuer.call('GET', '/admin/accounts?limit=0', administrator), 400, 'validation_failed');
    expectProblem(
      await issuer.call('PUT', '/admin/roles/Bad%20Name', administrator, { scopes: [] }),
      400,
      'validation_failed',
    );
    expectProblem(
      await issuer.call('PUT', '/admin/roles/tea', administrator, { scopes: ['a b'] }),
      400,
      'validation_failed',
    );
    expectProblem(
      await issuer.call('PUT', '/admin/roles/tea', administrator, { scopes: [], description: 'a\u0007' }),
      400,
      'validation_failed',
    );
    expectProblem(
      await issuer.call('GET', '/admin/security-events?after=99999999999999999999', administrator),
      400,
      'validation_failed',
    );
    expectProblem(await issuer.call('DELETE', '/admin/roles/nobody', administrator), 404, 'not_found');
    expectProblem(await issuer.call('DELETE', '/admin/roles/admin', administrator), 409, 'role_in_use');
    expectProblem(await issuer.call('POST', '/admin/keys/unknown/retire', administrator), 404, 'not_found');
    expectProblem(await issuer.call('POST', '/admin/keys/unknown/compromise', administrator), 404, 'not_found');
  });

  it("tell a person's tokens of before from those of after a change of roles", async () => {
    const ann = await issuer.person();
    const set = await issuer.call('PUT', `/admin/accounts/${ann.id}/roles`, administrator, {
      roles: ['customer', 'catalog-manager'],
    });
    expect(set.status).toBe(204);
    expectProblem(await issuer.call('GET', '/auth/me', ann.access_token), 401, 'invalid_token');
    const { body } = await issuer.call('POST', '/auth/refresh', undefined, {
      refresh_token: ann.refresh_token,
      resource: 'auth',
    });
    expect((await issuer.call('GET', '/auth/me', (body as Tokens).access_token)).body).toMatchObject({
      roles: ['catalog-manager', 'customer'],
    });
    const events = (await issuer.call('GET', '/admin/security-events?limit=1000', administrator)).body as {
      value: string;
    }[];
    expect(events.map(({ value }) => value)).toContain(payloadOf(ann.access_token)['sid']);
  });
});
