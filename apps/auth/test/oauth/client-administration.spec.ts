import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import {
  ACCESS_TOKEN_TYPE,
  claimsOf,
  EXCHANGE,
  JWT_BEARER,
  newSecret,
  startIssuer,
  type Answer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

const secret = newSecret();
const BILLING = { grants: ['client_credentials'], scopes: ['orders:read'], audiences: ['orders'], name: 'Billing' };
const GRANT = { grant_type: 'client_credentials' };

let issuer: IssuerUnderTest;
beforeAll(async () => {
  issuer = await startIssuer([
    { clientId: 'watcher', secret, grants: [], scopes: [], audiences: ['orders', 'inventory'] },
  ]);
});
afterAll(() => issuer.close());

let count = 0;
const register = async (more: object = {}) => {
  const clientId = `billing-${String((count += 1))}`;
  const answer = await issuer.administer('POST', '/admin/clients', { clientId, ...BILLING, ...more });
  expect(answer.status).toBe(201);
  return { clientId, clientSecret: String(answer.body['clientSecret']), body: answer.body };
};
const tokenFor = (clientId: string, clientSecret: string) => issuer.as(clientId, clientSecret)('/oauth/token', GRANT);
const isActive = async ({ body }: Answer) => {
  const answer = await issuer.as('watcher', secret)('/oauth/introspect', { token: String(body['access_token']) });
  return answer.body['active'];
};
const secretsOf = ({ body }: Answer) => body['secrets'] as { id: string }[];
const revoked = async () => {
  const { body } = await issuer.administer('GET', '/admin/security-events?limit=1000');
  return (body as unknown as { type: string; value: string }[])
    .filter(({ type }) => type === 'session-revoked')
    .map(({ value }) => value);
};

describe('registering a client', () => {
  it('shows its secret once', async () => {
    const { clientId, clientSecret, body } = await register();
    expect(Buffer.from(clientSecret, 'base64url')).toHaveLength(32);
    expect(body).toMatchObject({ clientId, ...BILLING, disabled: false, jwks: null });
    expect((await tokenFor(clientId, clientSecret)).status).toBe(200);
    const read = await issuer.administer('GET', `/admin/clients/${clientId}`);
    const list = await issuer.administer('GET', '/admin/clients');
    expect(list.body).toContainEqual(read.body);
    for (const answer of [read, list]) expect(JSON.stringify(answer.body)).not.toContain(clientSecret);
  });

  it("refuses the name of the issuer's own logins: it could go on with everybody's session", async () => {
    const answer = await issuer.administer('POST', '/admin/clients', { clientId: 'watchword', ...BILLING });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'validation_failed',
      errors: [{ field: 'clientId', message: "clientId must not be watchword: that is the issuer's own" }],
    });
  });

  it('refuses a name that is taken', async () => {
    const { clientId } = await register();
    const again = await issuer.administer('POST', '/admin/clients', { clientId, ...BILLING });
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it.each<[string, object]>([
    ['a client id that looks like an account', { clientId: `a${randomUUID().slice(1)}` }],
    ['a client id with capitals', { clientId: 'Billing' }],
    ['a client id with a colon', { clientId: 'bill:ing' }],
    ['no client id', { clientId: undefined }],
    ['an unknown grant', { grants: ['password'] }],
    ['a scope with a space', { scopes: ['orders:read orders:write'] }],
    ['no audience', { audiences: [] }],
    ['an audience with a space', { audiences: ['a b'] }],
    ['the issuer beside another audience', { audiences: ['orders', 'auth'] }],
    ['roles that are none', { roles: 'admin' }],
    ['a secret of its own', { clientSecret: newSecret() }],
    ['keys without a key', { jwks: { keys: [] } }],
    ['a private key', { jwks: { keys: [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })] } }],
    [
      'a key id with a control character',
      {
        jwks: { keys: [{ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'a\u0007' }] },
      },
    ],
    ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: newSecret() }] } }],
    [
      'a short RSA key',
      {
        jwks: {
          keys: [
            {
              ...generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
              alg: 'RS256',
            },
          ],
        },
      },
    ],
    [
      'an RSA key without its algorithm',
      { jwks: { keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })] } },
    ],
  ])('refuses %s', async (_title, wrong) => {
    const answer = await issuer.administer('POST', '/admin/clients', { clientId: 'wrong', ...BILLING, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('is for administrators alone', async () => {
    const { issuerToken } = await issuer.newPerson();
    const headers = { authorization: `Bearer ${issuerToken}` };
    expect((await fetch(`${issuer.url}/admin/clients`, { headers })).status).toBe(403);
    expect((await fetch(`${issuer.url}/admin/clients`)).status).toBe(401);
  });
});

describe('changing a secret', () => {
  it('has two that work, then one, and revokes what the old one obtained and nothing else', async () => {
    const { clientId, clientSecret } = await register();
    const added = await issuer.administer('POST', `/admin/clients/${clientId}/secrets`);
    const newer = String(added.body['clientSecret']);
    const [oldToken, newToken] = [await tokenFor(clientId, clientSecret), await tokenFor(clientId, newer)];
    expect([oldToken.status, newToken.status]).toEqual([200, 200]);
    const third = await issuer.administer('POST', `/admin/clients/${clientId}/secrets`);
    expect(third).toMatchObject({ status: 409, body: { code: 'conflict' } });

    const [, old] = secretsOf(added);
    expect(old?.id).toBe(claimsOf(oldToken.body['access_token'])['sid']);
    const removed = await issuer.administer('DELETE', `/admin/clients/${clientId}/secrets/${String(old?.id)}`);
    expect(secretsOf(removed)).toHaveLength(1);
    expect((await tokenFor(clientId, clientSecret)).body['error']).toBe('invalid_client');
    expect((await tokenFor(clientId, newer)).status).toBe(200);
    expect([await isActive(oldToken), await isActive(newToken)]).toEqual([false, true]);
    expect(await revoked()).toContain(old?.id);
  });

  it('finds no secret of another client', async () => {
    const [one, other] = [await register(), await register()];
    const { id } = (one.body['secrets'] as [{ id: string }])[0];
    const answer = await issuer.administer('DELETE', `/admin/clients/${other.clientId}/secrets/${id}`);
    expect(answer.status).toBe(404);
    expect((await tokenFor(one.clientId, one.clientSecret)).status).toBe(200);
  });
});

describe('changing keys', () => {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = ({ publicKey }: ReturnType<typeof pair>, kid: string) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
  });
  const signIn = async (clientId: string, { privateKey }: ReturnType<typeof pair>, kid: string) => {
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer.url)
      .setExpirationTime('60 s')
      .sign(privateKey);
    return issuer.post('/oauth/token', {
      ...GRANT,
      client_assertion_type: JWT_BEARER,
      client_assertion: assertion,
    });
  };

  it('adds one without harm, and revokes when one goes', async () => {
    const [old, newer] = [pair(), pair()];
    const { clientId, body } = await register({ jwks: { keys: [jwk(old, 'old')] } });
    expect(body).not.toHaveProperty('clientSecret');
    const first = await signIn(clientId, old, 'old');
    await issuer.administer('PUT', `/admin/clients/${clientId}/jwks`, { keys: [jwk(old, 'old'), jwk(newer, 'new')] });
    expect((await signIn(clientId, newer, 'new')).status).toBe(200);
    expect(await isActive(first)).toBe(true);

    await issuer.administer('PUT', `/admin/clients/${clientId}/jwks`, { keys: [jwk(newer, 'new')] });
    expect((await signIn(clientId, old, 'old')).body['error']).toBe('invalid_client');
    expect((await signIn(clientId, newer, 'new')).status).toBe(200);
    expect(await isActive(first)).toBe(false);

    await issuer.administer('DELETE', `/admin/clients/${clientId}/jwks`);
    expect((await signIn(clientId, newer, 'new')).body['error']).toBe('invalid_client');
  });

  it('refuses a private key, and keeps what was there', async () => {
    const key = pair();
    const { clientId } = await register({ jwks: { keys: [jwk(key, 'k')] } });
    const answer = await issuer.administer('PUT', `/admin/clients/${clientId}/jwks`, {
      keys: [pair().privateKey.export({ format: 'jwk' })],
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect((await signIn(clientId, key, 'k')).status).toBe(200);
  });
});

describe('taking something from a client', () => {
  it.each<[string, object]>([
    ['a scope', { scopes: [] }],
    ['an audience', { audiences: ['inventory'] }],
    ['a grant', { grants: [EXCHANGE] }],
  ])('revokes what it obtained before: %s', async (_title, changes) => {
    const { clientId, clientSecret } = await register();
    const token = await tokenFor(clientId, clientSecret);
    expect((await issuer.administer('PATCH', `/admin/clients/${clientId}`, changes)).body).toMatchObject(changes);
    expect(await isActive(token)).toBe(false);
    expect(await revoked()).toContain(claimsOf(token.body['access_token'])['sid']);
  });

  it('leaves alone what more was given to', async () => {
    const { clientId, clientSecret } = await register();
    const token = await tokenFor(clientId, clientSecret);
    await issuer.administer('PATCH', `/admin/clients/${clientId}`, {
      name: 'Accounting',
      scopes: ['orders:read', 'orders:write'],
    });
    expect(await isActive(token)).toBe(true);
    expect((await tokenFor(clientId, clientSecret)).body['scope']).toBe('orders:read orders:write');
  });

  it.each<[string, object]>([
    ['null for what it may do', { grants: null }],
    ['null for its roles', { roles: null }],
    ['its id', { clientId: 'other' }],
    ['its secrets', { secrets: [] }],
    ['its being disabled', { disabledAt: null }],
  ])('is no way to set %s', async (_title, changes) => {
    const { clientId } = await register();
    const answer = await issuer.administer('PATCH', `/admin/clients/${clientId}`, changes);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('keeps roles that were not mentioned', async () => {
    const { clientId } = await register({ roles: ['customer'] });
    const changed = await issuer.administer('PATCH', `/admin/clients/${clientId}`, { name: 'Accounting' });
    expect(changed.body['roles']).toEqual(['customer']);
  });
});

describe('a disabled client', () => {
  it('is refused everywhere with every secret, and what it obtained is revoked for good', async () => {
    const { clientId, clientSecret } = await register();
    const token = await tokenFor(clientId, clientSecret);
    expect((await issuer.administer('POST', `/admin/clients/${clientId}/disable`)).body['disabled']).toBe(true);
    for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
      const { status, body } = await issuer.as(clientId, clientSecret)(path, { ...GRANT, token: 'x' });
      expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
    }
    expect(await isActive(token)).toBe(false);

    await issuer.administer('POST', `/admin/clients/${clientId}/enable`);
    const after = await tokenFor(clientId, clientSecret);
    expect(after.status).toBe(200);
    expect([await isActive(token), await isActive(after)]).toEqual([false, true]);
  });

  it('cannot be the subject of an exchange any more', async () => {
    const [one, other] = [await register({ audiences: ['orders'] }), await register({ grants: [EXCHANGE] })];
    const { body } = await issuer.as(one.clientId, one.clientSecret)('/oauth/token', GRANT);
    await issuer.administer('POST', `/admin/clients/${one.clientId}/disable`);
    const answer = await issuer.as(other.clientId, other.clientSecret)('/oauth/token', {
      grant_type: EXCHANGE,
      subject_token: String(body['access_token']),
      subject_token_type: ACCESS_TOKEN_TYPE,
    });
    expect(answer.body['error']).toBe('invalid_request');
  });
});

describe('everything', () => {
  it('is in the audit log, with who did it and without secrets', async () => {
    const { clientId, clientSecret } = await register();
    await issuer.administer('POST', `/admin/clients/${clientId}/secrets`);
    await issuer.administer('POST', `/admin/clients/${clientId}/disable`);
    const { body } = await issuer.administer('GET', '/admin/audit-log?limit=100');
    const log = body as unknown as { action: string; actor: object; target: { id: string } }[];
    const entries = log.filter(({ target }) => target.id === clientId);
    expect(entries.map(({ action }) => action)).toEqual(['client.disable', 'client.add-secret', 'client.create']);
    expect(entries[0]?.actor).toMatchObject({ type: 'account', id: claimsOf(issuer.admin.accessToken)['sub'] });
    expect(JSON.stringify(entries)).not.toContain(clientSecret);
  });

  it('about a client that there is not is 404', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['POST', '/secrets'],
      ['DELETE', '/jwks'],
      ['POST', '/disable'],
      ['POST', '/enable'],
    ] as const) {
      const answer = await issuer.administer(
        method,
        `/admin/clients/nobody${path}`,
        method === 'PATCH' ? {} : undefined,
      );
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });
});
