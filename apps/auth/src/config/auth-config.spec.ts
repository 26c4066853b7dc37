import { ConfigError, type Environment, loadConfig } from '@watchword/platform';
import { randomBytes } from 'node:crypto';
import { AuthConfig } from './auth-config.js';

const random = (bytes = 32) => randomBytes(bytes).toString('base64url');
const load = (environment: Environment) => loadConfig('auth', AuthConfig, environment);
const PRODUCTION = {
  NODE_ENV: 'production',
  AUTH_ISSUER: 'https://auth.example',
  KEY_ENCRYPTION_KEYS: `1:${random()}`,
};

function faultsOf(environment: Environment): string {
  try {
    load(environment);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe("the issuer's configuration", () => {
  it('is complete without any variable', () => {
    expect(load({})).toMatchObject({ ACCESS_TOKEN_TTL: 300, JWT_ALGORITHM: 'ES256', REFRESH_GRACE: 10 });
  });

  it.each([
    [{ KEY_PUBLISH_AHEAD: '1024' }, 'KEY_PUBLISH_AHEAD must be at least 1025'],
    [{ JWKS_MAX_AGE: '3000' }, 'KEY_PUBLISH_AHEAD must be at least 3725'],
    [{ KEY_RING_LEASE: '3000' }, 'KEY_PUBLISH_AHEAD must be at least 3965'],
    [{ KEY_RING_POLL: '3000', KEY_RING_LEASE: '6000' }, 'KEY_PUBLISH_AHEAD must be at least 9960'],
    [{ KEY_RETIREMENT: '964' }, 'KEY_RETIREMENT must be at least 965'],
    [{ KEY_SAFETY_MARGIN: '3000' }, 'KEY_RETIREMENT must be at least 3905'],
    [{ ACCESS_TOKEN_TTL: '3600' }, 'KEY_RETIREMENT must be at least 4265'],
    [{ KEY_ROTATION_INTERVAL: '3599' }, 'KEY_ROTATION_INTERVAL must be at least 3600'],
    [{ KEY_RING_LEASE: '9' }, 'KEY_RING_LEASE must be at least 10'],
    [{ PASSWORD_MIN_LENGTH: '7' }, 'PASSWORD_MIN_LENGTH must not be less than 8'],
    [{ SESSION_TTL: '604799' }, 'SESSION_TTL must be at least 604800'],
  ])('refuses what is not safe, alone or together, and says the least: %j', (environment, message) => {
    expect(faultsOf(environment)).toContain(message);
  });

  it('takes times that are short but safe', () => {
    const short = {
      JWKS_MAX_AGE: '0',
      KEY_VERIFIER_CACHE: '1',
      KEY_SAFETY_MARGIN: '1',
      KEY_RING_POLL: '1',
      KEY_RING_LEASE: '2',
      KEY_PUBLISH_AHEAD: '5',
      KEY_ROTATION_INTERVAL: '5',
      ACCESS_TOKEN_TTL: '2',
      KEY_RETIREMENT: '9',
    };
    expect(faultsOf(short)).toBe('');
  });

  it('needs an issuer and key-encryption keys in production', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toMatch(/AUTH_ISSUER[^]*KEY_ENCRYPTION_KEYS/);
    expect(faultsOf(PRODUCTION)).toBe('');
  });

  it.each(['http://auth.example', 'http://127.0.0.1.example:3000', 'http://localhost.example'])(
    'refuses %s as the issuer in production, where tokens would travel in the clear',
    (issuer) => {
      expect(faultsOf({ ...PRODUCTION, AUTH_ISSUER: issuer })).toMatch(/AUTH_ISSUER must be an https URL/);
      expect(faultsOf({ AUTH_ISSUER: issuer })).toBe('');
    },
  );

  it.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000', 'https://auth.example'])(
    'takes %s as the issuer in production',
    (issuer) => {
      expect(faultsOf({ ...PRODUCTION, AUTH_ISSUER: issuer })).toBe('');
    },
  );

  it('says of a time that is no number only that, and not what it would make of others', () => {
    const faults = faultsOf({ ACCESS_TOKEN_TTL: 'soon' });
    expect(faults).toContain('ACCESS_TOKEN_TTL');
    expect(faults).not.toMatch(/NaN|KEY_RETIREMENT/);
  });

  it('needs key-encryption keys where instances share a database', () => {
    expect(faultsOf({ DATABASE_URL: 'postgres://localhost/auth' })).toContain('KEY_ENCRYPTION_KEYS');
  });

  it.each([
    ['text', Buffer.from('a-very-secret-text-of-32-letters').toString('base64url')],
    ['zeros', Buffer.alloc(32).toString('base64url')],
    ['a pattern', Buffer.from('0123456789abcdef'.repeat(4), 'hex').toString('base64url')],
    ['a placeholder', 'change-me-change-me-change-me-change-me-cha'],
    ['too short', random(31)],
  ])('refuses a key-encryption key or shared secret that is %s, without showing it', (_, secret) => {
    const keys = faultsOf({ ...PRODUCTION, KEY_ENCRYPTION_KEYS: `1:${secret}` });
    const shared = faultsOf({ JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: secret });
    expect(keys).toContain('KEY_ENCRYPTION_KEYS');
    expect(shared).toContain('JWT_SHARED_SECRETS');
    for (const message of [keys, shared]) expect(message).not.toContain(secret);
  });

  it('never takes a random secret for a weak one', () => {
    for (let round = 0; round < 2000; round += 1) {
      expect(faultsOf({ ...PRODUCTION, KEY_ENCRYPTION_KEYS: `1:${random()}` })).toBe('');
    }
  });

  it('needs one or two shared secrets in shared-secret mode', () => {
    const mode = { JWT_SIGNING: 'shared-secret' };
    expect(faultsOf(mode)).toContain('JWT_SHARED_SECRETS');
    const [one, two] = [random(), random()];
    expect(load({ ...mode, JWT_SHARED_SECRETS: one }).sharedSecrets).toEqual([one]);
    expect(load({ ...mode, JWT_SHARED_SECRETS: `${one}, ${two}` }).sharedSecrets).toEqual([one, two]);
    expect(faultsOf({ ...mode, JWT_SHARED_SECRETS: `${one},${one}` })).toContain('JWT_SHARED_SECRETS');
  });

  it('makes logins good for the services that people call, and for no other', () => {
    expect(load({}).loginAudiences).toEqual(['catalog', 'orders']);
  });

  it.each(['auth', 'auth,catalog,orders', 'orders,auth'])('refuses the issuer in LOGIN_AUDIENCES=%s', (names) => {
    expect(faultsOf({ LOGIN_AUDIENCES: names })).toMatch(/LOGIN_AUDIENCES must not name auth: .*"resource": "auth"/);
  });

  it.each([
    { AUTH_ISSUER: 'https://auth.example/' },
    { AUTH_ISSUER: 'https://auth.example?x=1' },
    { AUTH_ISSUER: 'auth.example' },
    { JWT_ALGORITHM: 'none' },
    { JWT_ALGORITHM: 'HS256' },
    { ACCESS_TOKEN_TTL: '0' },
    { LOGIN_AUDIENCES: 'a,,b' },
    { ADMIN_LOGIN_MAX_AGE: '0' },
    { ADMIN_EMAIL: 'nobody' },
  ])('refuses %j', (environment) => {
    expect(faultsOf(environment)).toContain(Object.keys(environment)[0]);
  });
});
