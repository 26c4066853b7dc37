import { AuthError } from './auth-error.js';
import { parseBearer } from './bearer.js';

const codeOf = (values: readonly string[]): string => {
  try {
    return parseBearer(values);
  } catch (error) {
    return error instanceof AuthError ? error.code : 'other';
  }
};

describe('the Authorization header', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER a.b.c', 'bEaReR a.b.c', 'Bearer   a.b.c'])(
    '%j has a token',
    (value) => {
      expect(parseBearer([value])).toBe('a.b.c');
    },
  );

  it('is missing when there is none', () => {
    expect(codeOf([])).toBe('credentials_missing');
  });

  it.each(['Basic dTpw', 'DPoP a.b.c', 'BearerX a.b.c', 'Digest username="x", realm="y"', 'Basic eA==, Bearer a.b.c'])(
    '%j has none: its credentials are of another scheme',
    (value) => {
      expect(codeOf([value])).toBe('credentials_missing');
    },
  );

  it.each([
    [['Bearer a.b.c', 'Bearer a.b.c']],
    [['Bearer a.b.c', 'Basic dTpw']],
    [['']],
    [['Bearer']],
    [['Bearer ']],
    [['Bearer    ']],
    [[' Bearer a.b.c']],
    [['Bearer\ta.b.c']],
    [['Bearer a.b.c ']],
    [['Bearer a.b.c d']],
    [['Bearer a.b.c,Bearer d.e.f']],
    [['Bearer a.b.c, Bearer d.e.f']],
    [['a.b.c']],
    [['Basic']],
    [['Basic ']],
    [['B(sic x']],
    [[undefined as unknown as string]],
    [[['Bearer a.b.c'] as unknown as string]],
  ])('%j is malformed', (values) => {
    expect(codeOf(values)).toBe('credentials_malformed');
  });
});
