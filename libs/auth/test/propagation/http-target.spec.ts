import { HttpTarget } from '@watchword/auth/clients';
import fc from 'fast-check';

it('resolves any path to somewhere below its base, or refuses it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '/',
      '//',
      '\\',
      '%2e',
      '%2E%2e',
      '@',
      ':',
      '?',
      '#',
      ';',
      '\t',
      '\n',
      ' ',
      'http:',
      'evil.test',
    ),
    fc.string({ maxLength: 5, unit: 'binary' }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('http://a.test', 'https://a.test:8443/', 'http://a.test/api', 'http://a.test/api/v1/'),
      fc.array(piece, { maxLength: 8 }),
      (base, pieces) => {
        const target = new HttpTarget(base);
        const { origin, pathname } = new URL(base.endsWith('/') ? base : `${base}/`);
        try {
          const url = target.resolve(pieces.join(''));
          return url.origin === origin && url.pathname.startsWith(pathname) && url.username === '';
        } catch (error) {
          return error instanceof TypeError;
        }
      },
    ),
    { numRuns: 3000 },
  );
});

it('takes a leading slash for the base', () => {
  const target = new HttpTarget('http://a.test/api');
  expect(target.resolve('/products/a%2Fb?x=1').href).toBe('http://a.test/api/products/a%2Fb?x=1');
  expect(target.resolve('products').href).toBe('http://a.test/api/products');
  expect(target.resolve('').href).toBe('http://a.test/api/');
});

it('does not let an encoded slash lead above the base, and leaves it in a name', () => {
  const target = new HttpTarget('http://a.test/api/v1');
  for (const path of ['..%2fadmin', 'x/..%2F..%2fadmin', '..%5cadmin', '%2e%2e%2fadmin', 'a%2f..%2f..%2fadmin']) {
    expect(() => target.resolve(path)).toThrow(TypeError);
  }
  expect(target.resolve('products/..%2Fadmin').href).toBe('http://a.test/api/v1/products/..%2Fadmin');
  expect(new HttpTarget('http://a.test').resolve('products/%2F%2Fb.test').pathname).toBe('/products/%2F%2Fb.test');
});

it('does not take a name that only starts like its base for the base', () => {
  const target = new HttpTarget('http://a.test/api');
  expect(target.contains(new URL('http://a.test/api-internal/x'))).toBe(false);
  expect(target.contains(new URL('http://a.test.evil.test/api/x'))).toBe(false);
  expect(target.contains(new URL('https://a.test/api/x'))).toBe(false);
  expect(target.contains(new URL('http://user@a.test/api/x'))).toBe(false);
});
