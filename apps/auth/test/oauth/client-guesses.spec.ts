import { createTestDatabase, describeOnPostgres } from '@watchword/platform/testing';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { basic, JWT_BEARER, newSecret, startIssuer, type Answer, type IssuerUnderTest } from './issuer-under-test.js';

const secret = newSecret();
const settings = { grants: ['client_credentials'], scopes: [], audiences: ['inventory'] };
const keys = generateKeyPairSync('ed25519');
const CLIENTS = [
  { clientId: 'orders', secret, ...settings },
  { clientId: 'catalog', secret, ...settings },
  { clientId: 'signer', jwks: { keys: [keys.publicKey.export({ format: 'jwk' })] }, ...settings },
];
const GRANT = { grant_type: 'client_credentials' };
const LIMIT = 5;
const LIMITED = { status: 429, error: 'temporarily_unavailable' };
const WRONG = { status: 401, error: 'invalid_client' };
const RIGHT = { status: 200, error: undefined };

const outcome = ({ status, body }: Answer) => ({ status, error: body['error'] });
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

/** Each test has an address of its own, for the proxy that it comes through is trusted. */
let hosts = 0;
const newAddress = () => `192.0.2.${String((hosts += 1))}`;

describe('guessing the credentials of a client', () => {
  let issuer: IssuerUnderTest;
  beforeAll(async () => {
    issuer = await startIssuer(CLIENTS, { CLIENT_LIMIT: String(LIMIT), TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(() => issuer.close());

  const attempt = (from: string, clientId: string, withSecret = newSecret(), path = '/oauth/token') =>
    issuer.post(path, path === '/oauth/token' ? GRANT : { token: 'x' }, {
      authorization: basic(clientId, withSecret),
      'x-forwarded-for': from,
    });
  async function guess(count: number, from: string, clientId: string | (() => string), path?: string) {
    const outcomes: ReturnType<typeof outcome>[] = [];
    for (let i = 0; i < count; i += 1) {
      const name = typeof clientId === 'string' ? clientId : clientId();
      outcomes.push(outcome(await attempt(from, name, undefined, path)));
    }
    return outcomes;
  }

  it.each(['/oauth/token', '/oauth/token/', '/oauth/introspect', '/oauth/revoke'])(
    'is ended at %s with 429 and Retry-After, and the right secret is not tried any more',
    async (path) => {
      const attacker = newAddress();
      expect(await guess(LIMIT + 2, attacker, 'orders', path)).toEqual([...times(LIMIT, WRONG), LIMITED, LIMITED]);
      const right = await attempt(attacker, 'orders', secret, path);
      expect(outcome(right)).toEqual(LIMITED);
      const wait = Number(right.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(60);
      expect(right.headers.get('cache-control')).toBe('no-store');
    },
  );

  it('counts all endpoints together, and guesses at the same time as many', async () => {
    const attacker = newAddress();
    const paths = ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/oauth/token'];
    const answers = await Promise.all(
      paths.flatMap((path) => times(LIMIT, path)).map((path) => guess(1, attacker, 'orders', path)),
    );
    const outcomes = answers.flat();
    expect(outcomes.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
    expect(outcomes.filter(({ status }) => status === 429)).toHaveLength(outcomes.length - LIMIT);
  });

  it('does not lock the client out where it is', async () => {
    await guess(LIMIT + 1, newAddress(), 'orders');
    expect(outcome(await attempt(newAddress(), 'orders', secret))).toEqual(RIGHT);
  });

  it('does not lock out a client beside the attacker that has been let in before, nor another one', async () => {
    const shared = newAddress();
    expect(outcome(await attempt(shared, 'orders', secret))).toEqual(RIGHT);
    expect((await guess(LIMIT + 3, shared, 'orders')).slice(LIMIT)).toEqual(times(3, LIMITED));
    expect(outcome(await attempt(shared, 'orders', secret))).toEqual(RIGHT);
    expect(outcome(await attempt(shared, 'catalog', secret))).toEqual(RIGHT);
  });

  it('is ended for an address that goes from one client to the next, made up or not', async () => {
    const attacker = newAddress();
    let names = 0;
    const outcomes = await guess(10 * LIMIT + 2, attacker, () => `made-up-${String((names += 1))}`);
    expect(outcomes).toEqual([...times(10 * LIMIT, WRONG), LIMITED, LIMITED]);
    expect(outcome(await attempt(attacker, 'orders', secret))).toEqual(LIMITED);
    expect(outcome(await attempt(newAddress(), 'orders', secret))).toEqual(RIGHT);
  });

  it('counts names that can be none as one', async () => {
    const attacker = newAddress();
    let names = 0;
    const outcomes = await guess(LIMIT + 1, attacker, () => `No Client ${String((names += 1))}`);
    expect(outcomes).toEqual([...times(LIMIT, WRONG), LIMITED]);
  });

  it('is ended for assertions too', async () => {
    const from = newAddress();
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const present = async (key: typeof stranger) => {
      const assertion = await new SignJWT({ jti: newSecret() })
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer('signer')
        .setSubject('signer')
        .setAudience(issuer.url)
        .setExpirationTime('1m')
        .sign(key);
      const form = { ...GRANT, client_assertion_type: JWT_BEARER, client_assertion: assertion };
      return outcome(await issuer.post('/oauth/token', form, { 'x-forwarded-for': from }));
    };
    for (let i = 0; i < LIMIT; i += 1) expect(await present(stranger)).toEqual(WRONG);
    expect(await present(stranger)).toEqual(LIMITED);
    expect(await present(keys.privateKey)).toEqual(LIMITED);
  });

  it('does not count what is malformed, or names nobody', async () => {
    const from = newAddress();
    const headers = { 'x-forwarded-for': from };
    for (let i = 0; i <= LIMIT; i += 1) {
      await issuer.post('/oauth/token', { ...GRANT, client_id: 'orders' }, headers);
      await issuer.post('/oauth/token', { ...GRANT, client_secret: secret }, headers);
      await issuer.post('/oauth/token', GRANT, { ...headers, authorization: 'Basic ***' });
    }
    expect(outcome(await attempt(from, 'orders', secret))).toEqual(RIGHT);
  });
});

describe('who says that they are somebody else', () => {
  it('is not believed where no proxy is trusted', async () => {
    const issuer = await startIssuer(CLIENTS, { CLIENT_LIMIT: String(LIMIT) });
    const statuses: number[] = [];
    for (let i = 0; i <= LIMIT; i += 1) {
      const headers = { authorization: basic('orders', newSecret()), 'x-forwarded-for': newAddress() };
      statuses.push((await issuer.post('/oauth/token', GRANT, headers)).status);
    }
    await issuer.close();
    expect(statuses).toEqual([...times(LIMIT, 401), 429]);
  });
});

describeOnPostgres('guesses at two instances', () => {
  it('are counted together', async () => {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, CLIENT_LIMIT: String(LIMIT) };
    const shared = { ...environment, KEY_ENCRYPTION_KEYS: `1:${newSecret()}`, AUTH_ISSUER: 'https://auth.example' };
    const instances = [await startIssuer(CLIENTS, shared), await startIssuer(CLIENTS, shared)] as const;
    const statuses: number[] = [];
    for (let i = 0; i < LIMIT + 2; i += 1) {
      const instance = instances[i % 2 === 0 ? 0 : 1];
      statuses.push((await instance.as('orders', newSecret())('/oauth/token', GRANT)).status);
    }
    await Promise.all(instances.map((instance) => instance.close()));
    await database.drop();
    expect(statuses).toEqual([...times(LIMIT, 401), 429, 429]);
  });
});
