import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsBoolean, IsInt, Min } from 'class-validator';
import {
  AppConfig,
  ConfigError,
  describeVariables,
  loadConfig,
  readEnvironment,
  Variable,
  VerifierConfig,
} from '@watchword/platform';

class SampleConfig extends VerifierConfig {
  override readonly PORT: number = 3009;

  @Variable({ doc: 'How many.' })
  @IsInt()
  @Min(1)
  readonly COUNT: number = 3;

  @Variable({ doc: 'Whether.' })
  @IsBoolean()
  readonly ENABLED: boolean = false;
}

const SECRET = 'cN_8aUI0A8CK4IcaU5lIxy3nGLIYyCx4Q-1zOhRbKEQ';
const OTHER_SECRET = 'yQFn2G2VoynBAUsWQnbQXywRU-9ll998zbRg1Y_9lKM';

const load = (environment: Record<string, string> = {}) => loadConfig('sample', SampleConfig, environment);

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing in the environment', () => {
    expect(load()).toMatchObject({ HOST: '127.0.0.1', PORT: 3009, DATA_DIR: '.data', NODE_ENV: 'development' });
  });

  it('reads numbers and booleans as such', () => {
    expect(load({ COUNT: '7', ENABLED: 'true', PORT: '0' })).toMatchObject({ COUNT: 7, ENABLED: true, PORT: 0 });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(load({ COUNT: '', AUTH_ISSUER: '  ' })).toMatchObject({ COUNT: 3, AUTH_ISSUER: 'http://127.0.0.1:3000' });
  });

  it('cannot be changed', () => {
    expect(() => Object.assign(load(), { COUNT: 8 })).toThrow(TypeError);
  });

  it('names every wrong variable at once, what it must be and what it is', () => {
    const faults = faultsOf({ COUNT: '0', ENABLED: 'yes', PORT: 'http', LOG_LEVEL: 'loud', HOST: 'example.org' });
    expect(faults).toEqual([
      'HOST must be an IP address or localhost (it is "example.org")',
      'PORT must be an integer number (it is "http")',
      expect.stringMatching(/^LOG_LEVEL must be one of .*fatal.* \(it is "loud"\)$/),
      'COUNT must not be less than 1 (it is "0")',
      'ENABLED must be a boolean value (it is "yes")',
    ]);
  });

  it.each(['0x10', '1e3', '3000 ', '٣', '3.5', '-1', '65536', 'NaN'])('does not guess what port %j is', (PORT) => {
    const faults = faultsOf({ PORT });
    expect(faults.length).toBe(PORT === '3000 ' ? 0 : 1);
  });

  it.each(['auth:3000', 'ftp://auth', 'http//auth', 'http://', '/keys'])(
    'does not take %s for a URL',
    (AUTH_ISSUER) => {
      expect(faultsOf({ AUTH_ISSUER })).toEqual([
        `AUTH_ISSUER must be an http or https URL (it is ${JSON.stringify(AUTH_ISSUER)})`,
      ]);
    },
  );

  it('never shows a secret', () => {
    const faults = faultsOf({ DATABASE_URL: 'mysql://u:hunter2@db', JWT_SHARED_SECRETS: 'hunter2' });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('refuses in production what is a default for development alone', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^AUTH_ISSUER must be set/)]);
    expect(faultsOf({ NODE_ENV: 'production', COUNT: '0' })).toHaveLength(2);
    expect(faultsOf({ NODE_ENV: 'production', AUTH_ISSUER: 'https://auth.example' })).toEqual([]);
  });

  it.each(['*', '0.0.0.0/0', '::/0', 'loopback', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', 'true', '1'])(
    'does not trust %s as a proxy',
    (TRUSTED_PROXIES) => {
      expect(faultsOf({ TRUSTED_PROXIES })).toHaveLength(1);
    },
  );

  it('lists trusted proxies', () => {
    expect(load().trustedProxies).toEqual([]);
    expect(load({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });
});

describe('the trusted issuer', () => {
  it('has its keys at its own address unless told otherwise', () => {
    expect(load().trustedIssuer('sample')).toEqual({
      issuer: 'http://127.0.0.1:3000',
      audience: 'sample',
      algorithms: ['ES256'],
      keys: { jwksUri: 'http://127.0.0.1:3000/.well-known/jwks.json' },
    });
    const AUTH_JWKS_URI = 'http://auth.internal:3000/keys';
    expect(load({ AUTH_ISSUER: 'https://auth.example/', AUTH_JWKS_URI }).trustedIssuer('sample')).toEqual({
      issuer: 'https://auth.example/',
      audience: 'sample',
      algorithms: ['ES256'],
      keys: { jwksUri: AUTH_JWKS_URI },
    });
  });

  it('may sign with the algorithms that are listed', () => {
    const { algorithms } = load({ JWT_ALGORITHMS: 'EdDSA, Ed25519, RS256' }).trustedIssuer('sample');
    expect(algorithms).toEqual(['EdDSA', 'Ed25519', 'RS256']);
  });

  it.each(['none', 'HS256', 'ES256,HS256', 'es256', 'ES256,', 'toString'])('may not sign with %s', (JWT_ALGORITHMS) => {
    expect(faultsOf({ JWT_ALGORITHMS })).toHaveLength(1);
  });

  it('shares one or two secrets', () => {
    const JWT_SIGNING = 'shared-secret';
    expect(load({ JWT_SIGNING, JWT_SHARED_SECRETS: SECRET }).trustedIssuer('sample')).toMatchObject({
      algorithms: ['HS256'],
      secrets: [SECRET],
    });
    const both = load({ JWT_SIGNING, JWT_SHARED_SECRETS: `${SECRET}, ${OTHER_SECRET}` });
    expect(both.trustedIssuer('sample')).toMatchObject({ secrets: [SECRET, OTHER_SECRET] });
  });

  it.each([
    ['none', {}],
    ['a short one', { JWT_SHARED_SECRETS: 'c2hvcnQ' }],
    ['a repeated one', { JWT_SHARED_SECRETS: `${SECRET},${SECRET}` }],
    ['three', { JWT_SHARED_SECRETS: `${SECRET},${OTHER_SECRET},${SECRET.slice(1)}A` }],
    ['an empty second one', { JWT_SHARED_SECRETS: `${SECRET},` }],
  ])('refuses %s as shared secrets', (_, environment) => {
    expect(faultsOf({ JWT_SIGNING: 'shared-secret', ...environment })).toHaveLength(1);
  });
});

describe('the description of the variables', () => {
  it('has every variable with its documentation and default', () => {
    const described = describeVariables(SampleConfig);
    expect(described.slice(0, 3).map(({ name }) => name)).toEqual(['NODE_ENV', 'HOST', 'PORT']);
    expect(described.find(({ name }) => name === 'PORT')).toMatchObject({
      defaultValue: '3009',
      doc: expect.any(String) as string,
    });
    expect(described.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({
      defaultValue: undefined,
      secret: true,
    });
    expect(described.find(({ name }) => name === 'COUNT')).toMatchObject({ defaultValue: '3', doc: 'How many.' });
    expect(describeVariables(AppConfig).map(({ name }) => name)).not.toContain('COUNT');
  });
});

describe('the environment', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watchword-env-'));
    await writeFile(join(directory, '.env'), 'A=shared\nB=shared\nC=shared\n# a comment\nD="with # sign"\n');
    await writeFile(join(directory, '.env.sample'), 'B=app\nC=app\n');
  });

  afterEach(() => rm(directory, { recursive: true }));

  it("is the process's own before the app's file before the shared file", () => {
    expect(readEnvironment('sample', directory, { C: 'own' })).toEqual({
      A: 'shared',
      B: 'app',
      C: 'own',
      D: 'with # sign',
    });
  });
});
