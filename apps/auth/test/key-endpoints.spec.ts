import { expectProblem, startFirstPartyIssuer, type FirstPartyIssuer, type JsonAnswer } from './first-party-issuer.js';
import { payloadOf } from './issuer.js';

describe('the endpoints for keys', () => {
  let administrator: string;
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer();
    administrator = (await issuer.logIn()).access_token;
  }, 60_000);
  afterAll(() => issuer.close());

  it('publish the keys with Cache-Control and ETag, and nothing of their private halves', async () => {
    const { status, headers, body } = await issuer.call('GET', '/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    const [key] = (body as { keys: Record<string, unknown>[] }).keys;
    expect(Object.keys(key ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const etag = headers.get('etag') ?? '';
    const known = await fetch(`${issuer.url}/.well-known/jwks.json`, { headers: { 'if-none-match': `W/${etag}` } });
    expect(known.status).toBe(304);
    expect(await known.text()).toBe('');
    const other = await fetch(`${issuer.url}/.well-known/jwks.json`, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('rotate, retire and withdraw keys for an administrator, and say who did it', async () => {
    const states = ({ body }: JsonAnswer) => (body as { kid: string; state: string }[]).map(({ state }) => state);
    expect(states(await issuer.call('POST', '/admin/keys/rotate', administrator))).toEqual(['pending', 'active']);
    const keys = (await issuer.call('GET', '/admin/keys', administrator)).body as { kid: string; state: string }[];
    const published = (await issuer.call('GET', '/.well-known/jwks.json')).body as { keys: unknown[] };
    expect(published.keys).toHaveLength(2);
    const [pending = '', active = ''] = keys.map(({ kid }) => kid);
    expectProblem(await issuer.call('POST', `/admin/keys/${pending}/retire`, administrator), 409, 'key_not_active');
    expect(states(await issuer.call('POST', `/admin/keys/${active}/retire`, administrator))).toEqual([
      'pending',
      'active',
    ]);
    const withdrawn = await issuer.call('POST', `/admin/keys/${active}/compromise`, administrator);
    expect(states(withdrawn)).toEqual(['active', 'compromised']);
    expectProblem(await issuer.call('GET', '/admin/keys', administrator), 401, 'invalid_token');

    administrator = (await issuer.logIn()).access_token;
    const audit = (await issuer.call('GET', '/admin/audit-log?limit=200', administrator)).body as Record<
      string,
      unknown
    >[];
    expect(audit).toContainEqual(
      expect.objectContaining({
        action: 'key.compromise',
        target: { type: 'key', id: active },
        actor: { type: 'account', id: payloadOf(administrator)['sub'], ip: expect.any(String) as string },
      }),
    );
  });
});
