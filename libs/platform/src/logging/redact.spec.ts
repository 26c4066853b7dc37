import { DrizzleQueryError } from 'drizzle-orm';
import { redact, redactText } from './redact.js';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWJ5dGVz';

describe('what is logged of a text', () => {
  it.each([
    ['a bearer token', `Authorization: Bearer ${JWT}`],
    ['a bearer token in another case', `got "bearer  ${JWT}"`],
    ['basic credentials', 'Basic b3JkZXJzOnMzY3JldC12YWx1ZQ=='],
    ['a token alone', JWT],
    ['a token without a signature', JWT.slice(0, JWT.lastIndexOf('.') + 1)],
    ['a token in a path', `/reset/${JWT}/confirm`],
    ['an encrypted token', `${JWT}.${'x'.repeat(20)}.${'y'.repeat(20)}`],
    ['a query', `/cb?code=1&access_token=s3cret-value&x=2`],
    ['a form', 'grant_type=refresh_token&refresh_token=s3cret-value'],
    ['a JSON text', '{"email":"a@b.c","password":"s3cret-value"}'],
    ['a JSON text with an escaped quote', '{"password":"s3cret\\"-value"}'],
    ['a JSON text with spaces', '{ "client_secret" : "s3cret-value" }'],
    ['an escaped JSON text', JSON.stringify(JSON.stringify({ password: 's3cret-value' }))],
    ['a cookie', 'Set-Cookie: sid=s3cret-value; Path=/'],
    ['all of several cookies', 'cookie: theme=dark; sid=s3cret-value; other=s3cret-other'],
    ['a failed statement with lines in its parameters', 'Failed query: x\nparams: a\ns3cret-value,2'],
    ['a database URL', 'postgres://app:s3cret-value@db:5432/app'],
    ['a database URL without a user', 'redis://:s3cret-value@cache'],
    ['an environment line', 'KEY_ENCRYPTION_KEYS=1:s3cret-value'],
    ['a failed statement', 'Failed query: insert into a values ($1)\nparams: s3cret-value,2'],
  ])('has no credential of %s', (_, text) => {
    const shown = redactText(text);
    expect(shown).toContain('[redacted]');
    expect(shown).not.toMatch(/s3cret|eyJ|c2lnbmF0dXJl|b3JkZXJz|xxxx|yyyy/);
  });

  it.each([
    'GET /orders/0190f3a2-7c1e-7b7e-9c1d-2f3a4b5c6d7e 200',
    'token_type=Bearer&expires_in=300',
    'the keys of http://127.0.0.1:3000 were refreshed',
    'key_unknown: kid 3Fz9',
    'eyes.on.you',
  ])('is unchanged where there is none: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('what is logged of a value', () => {
  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'password',
    'newPassword',
    'passwd',
    'access_token',
    'refreshToken',
    'id_token',
    'subject_token',
    'client_secret',
    'JWT_SHARED_SECRETS',
    'KEY_ENCRYPTION_KEYS',
    'client_assertion',
    'apiKey',
    'x-api-key',
    'privateKey',
    'credentials',
  ])('has nothing under the name %s', (name) => {
    const value = { deep: [{ [name]: 's3cret' }], map: new Map([[name, ['s3cret']]]) };
    expect(JSON.stringify(redact(value))).not.toContain('s3cret');
  });

  it('keeps what only sounds like a credential', () => {
    const value = {
      token_type: 'Bearer',
      tokenId: '0190f3a2',
      token_endpoint: '/oauth/token',
      keyId: 'k1',
      secure: true,
    };
    expect(redact(value)).toEqual(value);
  });

  it('keeps whether there is one', () => {
    expect(redact({ password: undefined, token: null, hasSecret: true })).toEqual({
      password: undefined,
      token: null,
      hasSecret: true,
    });
  });

  it('has neither parameters nor row values of a failed statement', () => {
    const driver = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'accounts_email_key',
      detail: 'Key (email)=(s3cret@example.org) already exists.',
    });
    const error = new DrizzleQueryError(
      'insert into accounts values ($1, $2)',
      ['s3cret@example.org', 's3cret-hash'],
      driver,
    );
    const shown = JSON.stringify(redact(error));
    expect(shown).not.toContain('s3cret');
    expect(shown).toContain('accounts_email_key');
    expect(shown).toContain('insert into accounts');
  });

  it('follows the causes of an error', () => {
    const error = new Error('outer', { cause: new Error(`inner Bearer ${JWT}`) });
    expect(redact(error)).toMatchObject({ message: 'outer', cause: { message: 'inner Bearer [redacted]' } });
  });

  it('comes to an end with a value that holds itself, and with a deep one', () => {
    const circular: Record<string, unknown> = { name: 'x' };
    circular['self'] = circular;
    expect(redact(circular)).toEqual({ name: 'x', self: '[circular]' });
    let deep: unknown = 's3cret';
    for (let i = 0; i < 10_000; i++) deep = { deep };
    expect(JSON.stringify(redact(deep))).not.toContain('s3cret');
  });

  it('does not run what hides in a value', () => {
    const trap = {
      get boom(): never {
        throw new Error('getter');
      },
      toJSON: () => 's3cret',
    };
    expect(() => redact(trap)).not.toThrow();
    expect(JSON.stringify(redact(trap))).not.toContain('s3cret');
  });

  it('takes a hostile text in linear time', () => {
    const started = performance.now();
    for (const text of [
      'token'.repeat(20_000),
      `"password":"${'\\'.repeat(100_000)}`,
      'ey'.repeat(50_000),
      'ey-'.repeat(30_000),
      'a.'.repeat(50_000),
      'Failed query:\nparams: '.repeat(5_000),
      'bearer '.repeat(20_000),
      'a://'.repeat(25_000),
    ]) {
      redactText(text);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
