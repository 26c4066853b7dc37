import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { basic, claimsOf, JWT_BEARER, newSecret, startIssuer, type IssuerUnderTest } from './issuer-under-test.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const secret = newSecret();
const spacedSecret = `${newSecret()} +%:&ü`;
const settings = { grants: ['client_credentials'], scopes: ['inventory:manage'], audiences: ['inventory'] };
const CLIENTS = [
  { clientId: 'orders', secret, ...settings },
  { clientId: 'spaced', secret: spacedSecret, ...settings },
  { clientId: 'signer', jwks: { keys: [ec.publicKey.export({ format: 'jwk' })] }, ...settings },
  {
    clientId: 'rsa-signer',
    jwks: { keys: [{ ...rsa.publicKey.export({ format: 'jwk' }), alg: 'PS256' }] },
    ...settings,
  },
];
const GRANT = { grant_type: 'client_credentials' };

let issuer: IssuerUnderTest;
beforeAll(async () => {
  issuer = await startIssuer(CLIENTS);
});
afterAll(() => issuer.close());

const expectInvalidClient = ({ status, body, headers }: Awaited<ReturnType<IssuerUnderTest['post']>>) => {
  expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
  expect(headers.get('www-authenticate')).toBe('Basic realm="oauth"');
  expect(headers.get('cache-control')).toBe('no-store');
};

describe('client_secret_basic', () => {
  it('lets a client in with its secret', async () => {
    const { status, body, headers } = await issuer.as('orders', secret)('/oauth/token', GRANT);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(headers.get('etag')).toBeNull();
    expect(claimsOf(body['access_token'])).toMatchObject({ sub: 'orders', client_id: 'orders' });
  });

  it('decodes both parts as a form does', async () => {
    const { status } = await issuer.as('spaced', spacedSecret)('/oauth/token', GRANT);
    expect(status).toBe(200);
  });

  it.each([
    ['a wrong secret', basic('orders', newSecret())],
    ['no secret', basic('orders', '')],
    ["another client's secret", basic('spaced', secret)],
    ['an unknown client', basic('nobody', secret)],
    ['a client id in other letters', basic('Orders', secret)],
    ['a client that has public keys and no secret', basic('signer', '')],
    ['a bearer token', 'Bearer abc'],
    ['no Base64', 'Basic ***'],
  ])('refuses %s', async (_title, authorization) => {
    expectInvalidClient(await issuer.post('/oauth/token', GRANT, { authorization }));
  });

  it.each([
    ['credentials without a colon', `Basic ${Buffer.from('orders').toString('base64')}`],
    ['broken percent-encoding', `Basic ${Buffer.from('orders:%zz').toString('base64')}`],
  ])('finds %s malformed', async (_title, authorization) => {
    const { status, body } = await issuer.post('/oauth/token', GRANT, { authorization });
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('refuses a client_id in the body that is not the one of the header', async () => {
    const { body } = await issuer.as('orders', secret)('/oauth/token', { ...GRANT, client_id: 'spaced' });
    expect(body['error']).toBe('invalid_request');
  });
});

describe('client_secret_post', () => {
  it('lets a client in with its secret', async () => {
    const { status } = await issuer.post('/oauth/token', { ...GRANT, client_id: 'orders', client_secret: secret });
    expect(status).toBe(200);
  });

  it('refuses a wrong secret', async () => {
    expectInvalidClient(
      await issuer.post('/oauth/token', { ...GRANT, client_id: 'orders', client_secret: newSecret() }),
    );
  });

  it('refuses a client that only says its name', async () => {
    expectInvalidClient(await issuer.post('/oauth/token', { ...GRANT, client_id: 'orders' }));
    expectInvalidClient(await issuer.post('/oauth/token', { ...GRANT, client_id: 'orders', client_secret: '' }));
  });

  it('refuses a secret without a client', async () => {
    const { body } = await issuer.post('/oauth/token', { ...GRANT, client_secret: secret });
    expect(body['error']).toBe('invalid_request');
  });
});

describe('private_key_jwt', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (changes: Readonly<Record<string, unknown>> = {}): JWTPayload => ({
    iss: 'signer',
    sub: 'signer',
    aud: issuer.url,
    exp: now() + 60,
    jti: randomUUID(),
    ...changes,
  });
  const sign = (payload: JWTPayload, header: object = {}, key = ec.privateKey) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
  const present = async (assertion: string | Promise<string>, more: Record<string, string> = {}) =>
    issuer.post('/oauth/token', {
      ...GRANT,
      client_assertion_type: JWT_BEARER,
      client_assertion: await assertion,
      ...more,
    });

  it('lets a client in with an assertion for the issuer', async () => {
    expect((await present(sign(claims()))).status).toBe(200);
    expect((await present(sign(claims({ aud: [issuer.url] })), { client_id: 'signer' })).status).toBe(200);
  });

  it('takes an assertion once', async () => {
    const assertion = await sign(claims());
    expect((await present(assertion)).status).toBe(200);
    expectInvalidClient(await present(assertion));
  });

  it('of many requests with one assertion lets exactly one in', async () => {
    const assertion = await sign(claims());
    const answers = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('does not let an assertion that is refused use up the one that is right', async () => {
    const good = claims();
    expectInvalidClient(await present(sign(good, {}, strange.privateKey)));
    expect((await present(sign(good))).status).toBe(200);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['alg none', () => new UnsecuredJWT(claims()).encode()],
    [
      'HS256 with the public key as the secret',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(ec.publicKey.export({ format: 'pem', type: 'spki' }))),
    ],
    ['another key', () => sign(claims(), {}, strange.privateKey)],
    ["another key under the right one's kid", () => sign(claims(), { kid: 'k' }, strange.privateKey)],
    [
      'a key that the assertion brings along',
      () => sign(claims(), { jwk: strange.publicKey.export({ format: 'jwk' }) }, strange.privateKey),
    ],
    ['an unknown kid', () => sign(claims(), { kid: 'unknown' })],
    ['the typ of an access token', () => sign(claims(), { typ: 'at+jwt' })],
    ['a client that there is not', () => sign(claims({ iss: 'nobody', sub: 'nobody' }))],
    ['another client', () => sign(claims({ iss: 'rsa-signer', sub: 'rsa-signer' }))],
    ['a client that has a secret', () => sign(claims({ iss: 'orders', sub: 'orders' }))],
    ['iss and sub that differ', () => sign(claims({ iss: 'orders' }))],
    ['the token endpoint for an audience', () => sign(claims({ aud: `${issuer.url}/oauth/token` }))],
    ['another audience', () => sign(claims({ aud: 'https://elsewhere.example' }))],
    ['a second audience', () => sign(claims({ aud: [issuer.url, 'https://elsewhere.example'] }))],
    ['no audience', () => sign(claims({ aud: undefined }))],
    ['an end in the past', () => sign(claims({ exp: now() - 10 }))],
    ['an end that is far away', () => sign(claims({ exp: now() + 3600 }))],
    ['no end', () => sign(claims({ exp: undefined }))],
    ['a beginning in the future', () => sign(claims({ nbf: now() + 60 }))],
    ['no jti', () => sign(claims({ jti: undefined }))],
    ['an endless jti', () => sign(claims({ jti: 'x'.repeat(257) }))],
    [
      'an extension that must be understood',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'ES256', crit: ['x'], x: 1 })
          .sign(ec.privateKey, { crit: { x: true } }),
    ],
    ['garbage', () => 'a.b.c'],
  ])('refuses an assertion with %s', async (_title, make) => {
    expectInvalidClient(await present(make()));
  });

  it("uses the key's own algorithm alone", async () => {
    const mine = (alg: string) =>
      new SignJWT(claims({ iss: 'rsa-signer', sub: 'rsa-signer' })).setProtectedHeader({ alg }).sign(rsa.privateKey);
    expect((await present(mine('PS256'))).status).toBe(200);
    expectInvalidClient(await present(mine('RS256')));
  });

  it('refuses a client_id of another client', async () => {
    expectInvalidClient(await present(sign(claims()), { client_id: 'orders' }));
  });

  it('refuses an assertion of another type', async () => {
    const { body } = await present(sign(claims()), {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    });
    expect(body['error']).toBe('invalid_request');
  });
});

describe('exactly one way', () => {
  it('refuses a request without any', async () => {
    expectInvalidClient(await issuer.post('/oauth/token', GRANT));
  });

  it.each<[string, Record<string, string>]>([
    ['a secret in the body as well', { client_id: 'orders', client_secret: secret }],
    ['an assertion as well', { client_assertion: 'x', client_assertion_type: JWT_BEARER }],
  ])('refuses the header with %s', async (_title, more) => {
    const { status, body } = await issuer.as('orders', secret)('/oauth/token', { ...GRANT, ...more });
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('refuses a secret and an assertion', async () => {
    const { body } = await issuer.post('/oauth/token', {
      ...GRANT,
      client_id: 'orders',
      client_secret: secret,
      client_assertion: 'x',
      client_assertion_type: JWT_BEARER,
    });
    expect(body['error']).toBe('invalid_request');
  });

  it.each(['/oauth/introspect', '/oauth/revoke'])('is asked for by %s as well', async (path) => {
    expectInvalidClient(await issuer.post(path, { token: 'x' }));
    expectInvalidClient(await issuer.as('orders', newSecret())(path, { token: 'x' }));
    expect((await issuer.as('orders', secret)(path, { token: 'x' })).status).toBe(200);
  });
});
