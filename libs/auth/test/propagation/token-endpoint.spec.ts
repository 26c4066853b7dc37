import { inspect } from 'node:util';
import type { Jwk } from '@watchword/auth';
import { PropagationError, TokenEndpoint, type TokenEndpointOptions } from '@watchword/auth/clients';
import { ManualClock } from '@watchword/auth/testing';
import { exportJWK, generateKeyPair, jwtVerify, type CryptoKey } from 'jose';
import { serveTokens, type TokenAnswer, type TokenServer } from './token-server.js';

let server: TokenServer;
beforeEach(async () => {
  server = await serveTokens();
});
afterEach(() => server.close());

const endpoint = (options: Partial<TokenEndpointOptions> = {}): TokenEndpoint =>
  new TokenEndpoint({
    clientId: 'orders',
    clientSecret: 'secret',
    tokenEndpoint: server.url,
    issuer: 'https://issuer.test',
    ...options,
  });
const grant = (options?: Partial<TokenEndpointOptions>, more = {}): Promise<unknown> =>
  endpoint(options).grant({ grant_type: 'client_credentials', audience: 'inventory', ...more });

it('asks with a form and client_secret_basic, and counts the life from when it asked', async () => {
  const clock = new ManualClock();
  expect(await grant({ clock })).toEqual({ token: 'token-1', expiresAt: clock.now() + 300_000 });
  expect(server.requests).toEqual([
    {
      authorization: `Basic ${Buffer.from('orders:secret').toString('base64')}`,
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      form: { grant_type: 'client_credentials', audience: 'inventory' },
    },
  ]);
});

describe('private_key_jwt', () => {
  const withKey = async (alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA'): Promise<[Jwk, CryptoKey]> => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    return [{ ...(await exportJWK(privateKey)), alg, kid: 'k1' }, publicKey];
  };

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('signs an assertion for the issuer alone, %s', async (alg) => {
    const clock = new ManualClock();
    const [privateKey, publicKey] = await withKey(alg);
    await grant({ clientSecret: undefined, privateKey, clock });
    await grant({ clientSecret: undefined, privateKey, clock });
    const assertions = server.requests.map(({ authorization, form }) => {
      expect(authorization).toBeUndefined();
      expect(form).toMatchObject({
        client_id: 'orders',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      return form['client_assertion'] ?? '';
    });
    const read = await Promise.all(
      assertions.map((assertion) =>
        jwtVerify(assertion, publicKey, {
          issuer: 'orders',
          subject: 'orders',
          audience: 'https://issuer.test',
          typ: 'client-authentication+jwt',
          maxTokenAge: '60 s',
          currentDate: new Date(clock.now()),
        }),
      ),
    );
    expect(new Set(read.map(({ payload }) => payload.jti)).size).toBe(2);
    expect(read.map(({ protectedHeader }) => protectedHeader.kid)).toEqual(['k1', 'k1']);
  });

  it('wants a private key with an algorithm, and no secret beside it', async () => {
    const [privateKey] = await withKey('ES256');
    const { alg: _alg, ...unnamed } = privateKey;
    const { d: _d, ...half } = privateKey as Record<string, unknown>;
    expect(() => endpoint({ privateKey })).toThrow(/either a clientSecret or a privateKey/);
    expect(() => endpoint({ clientSecret: undefined })).toThrow(/either a clientSecret or a privateKey/);
    expect(() => endpoint({ clientSecret: undefined, privateKey: unnamed })).toThrow(/needs an `alg`/);
    expect(() => endpoint({ clientSecret: undefined, privateKey: half })).toThrow(/no private JWK/);
    expect(() => endpoint({ clientSecret: undefined, privateKey: { ...privateKey, alg: 'none' } })).toThrow(/`alg`/);
  });
});

it('encodes id and secret before it puts the colon between (RFC 6749 §2.3.1)', async () => {
  await grant({ clientId: 'or:ders', clientSecret: 'a b%ü+' });
  expect(Buffer.from(server.requests[0]!.authorization!.slice(6), 'base64').toString()).toBe(
    'or%3Aders:a+b%25%C3%BC%2B',
  );
});

it.each([
  ['client_credentials', 'invalid_client', 401, 'service_refused'],
  ['client_credentials', 'unauthorized_client', 400, 'service_refused'],
  ['client_credentials', 'invalid_request', 400, 'service_refused'],
  ['client_credentials', 'invalid_target', 400, 'target_refused'],
  ['exchange', 'invalid_grant', 400, 'caller_refused'],
  ['exchange', 'invalid_request', 400, 'caller_refused'],
  ['exchange', 'invalid_target', 400, 'target_refused'],
  ['exchange', 'invalid_scope', 400, 'target_refused'],
  ['exchange', 'something_new', 400, 'service_refused'],
])('tells whose fault it is: %s, %s', async (kind, error, status, code) => {
  server.answer = () => ({ status, body: { error } });
  const refused = grant({}, kind === 'exchange' ? { subject_token: 'the-secret-token' } : {});
  await expect(refused).rejects.toMatchObject({ name: 'PropagationError', code, oauthError: error });
  await expect(refused).rejects.toThrow(error);
  await expect(refused).rejects.not.toThrow('the-secret-token');
});

it.each([
  ['500', { status: 500, body: { error: 'server_error' } }],
  ['429', { status: 429, body: { error: 'temporarily_unavailable' } }],
  ['503', { status: 503, body: {} }],
  ['HTML', { body: '<html>' }],
  ['a list', { body: [] }],
  ['no token', { body: { token_type: 'Bearer', expires_in: 300 } }],
  ['another token type', { body: { access_token: 't', token_type: 'DPoP', expires_in: 300 } }],
  ['a token with a line in it', { body: { access_token: 'a\r\nx: b', token_type: 'Bearer', expires_in: 300 } }],
  ['a life without end', { body: '{"access_token":"t","token_type":"Bearer","expires_in":1e999}' }],
  ['no life', { body: { access_token: 't', token_type: 'Bearer' } }],
  ['a life that is text', { body: { access_token: 't', token_type: 'Bearer', expires_in: '300' } }],
  ['a life that is over', { body: { access_token: 't', token_type: 'Bearer', expires_in: 0 } }],
])('takes %s for unavailable', async (_, answer) => {
  server.answer = () => answer;
  await expect(grant()).rejects.toMatchObject({ code: 'token_endpoint_unavailable' });
});

it('quotes nothing of an answer that it cannot read', async () => {
  server.answer = () => ({ body: 'the-secret-token' });
  const asked = grant();
  await expect(asked).rejects.toThrow('its answer cannot be read: not JSON');
  await expect(asked.catch((error: unknown) => inspect(error))).resolves.not.toContain('the-sec');
});

it('follows no redirect: the request carries a secret', async () => {
  const thief = await serveTokens();
  server.answer = () => ({ status: 307, body: '', headers: { location: thief.url } });
  await expect(grant()).rejects.toMatchObject({ code: 'token_endpoint_unavailable' });
  expect(thief.requests).toEqual([]);
  await thief.close();
});

it('does not wait longer than it was told', async () => {
  server.answer = () => new Promise(() => undefined);
  await expect(grant({ timeoutMs: 50 })).rejects.toBeInstanceOf(PropagationError);
});

it.each([
  { clientId: '' },
  { clientSecret: '' },
  { issuer: '' },
  { tokenEndpoint: '/oauth/token' },
  { tokenEndpoint: 'ftp://x/' },
])('is not built with %j', (options) => {
  expect(() => endpoint(options)).toThrow(TypeError);
});

describe('while it fails', () => {
  let clock: ManualClock;
  let failing: TokenEndpoint;
  beforeEach(() => {
    clock = new ManualClock();
    failing = endpoint({ clock });
    server.answer = () => ({ status: 503, body: {} });
  });
  const ask = (): Promise<unknown> => failing.grant({ grant_type: 'client_credentials' });
  const unavailable = { code: 'token_endpoint_unavailable' };

  it('is left alone for twice as long after each failure in a row, up to a second', async () => {
    const waits: number[] = [];
    for (let ms = 0, last = 0; ms <= 6000; ms += 50) {
      await expect(ask()).rejects.toMatchObject(unavailable);
      if (server.requests.length > waits.length) {
        waits.push(ms - last);
        last = ms;
      }
      clock.advance(0.05);
    }
    expect(waits).toEqual([0, 100, 200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  it('counts what fails at the same time once', async () => {
    await Promise.allSettled(Array.from({ length: 50 }, ask));
    expect(server.requests).toHaveLength(50);
    clock.advance(0.1);
    await expect(ask()).rejects.toMatchObject(unavailable);
    expect(server.requests).toHaveLength(51);
  });

  it('is tried by one request; the others are told at once, until that one has its answer', async () => {
    await expect(ask()).rejects.toMatchObject(unavailable);
    clock.advance(0.1);
    let answered!: (answer: TokenAnswer) => void;
    const answer = new Promise<TokenAnswer>((resolve) => {
      answered = resolve;
    });
    server.answer = () => answer;
    const trial = ask();
    const others = await Promise.allSettled(Array.from({ length: 20 }, ask));
    expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'rejected'));
    answered({ body: { access_token: 'a', token_type: 'Bearer', expires_in: 300 } });
    await expect(trial).resolves.toMatchObject({ token: 'a' });
    expect(server.requests).toHaveLength(2);
    server.answer = () => ({ body: { access_token: 'b', token_type: 'Bearer', expires_in: 300 } });
    await expect(Promise.all([ask(), ask()])).resolves.toMatchObject([{ token: 'b' }, { token: 'b' }]);
  });

  it('is left alone too while it does not know this client, but not for refusing a token or a target', async () => {
    for (const [error, requests] of [
      ['invalid_client', 1],
      ['invalid_grant', 51],
      ['invalid_target', 101],
    ] as const) {
      server.answer = () => ({ status: 400, body: { error } });
      for (let calls = 0; calls < 50; calls += 1) {
        await expect(ask()).rejects.toMatchObject({ oauthError: error });
      }
      expect(server.requests).toHaveLength(requests);
      clock.advance(2);
    }
  });

  it('is asked when the clock was set back', async () => {
    await expect(ask()).rejects.toMatchObject(unavailable);
    clock.advance(-3600);
    await expect(ask()).rejects.toMatchObject(unavailable);
    expect(server.requests).toHaveLength(2);
  });
});
