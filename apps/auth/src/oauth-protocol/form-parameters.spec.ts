import fc from 'fast-check';
import { FormParameters } from './form-parameters.js';
import { OAuthError } from './oauth-error.js';

describe('the parameters of a form', () => {
  it('are what URLSearchParams writes', () => {
    const name = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', '&', '=', '+', '%', ' ', 'ü', '😀') });
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '&', '=', '+', '%', '#', ' ', 'ü', '😀') });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 20 }), (pairs) => {
        const parameters = FormParameters.parse(new URLSearchParams(pairs).toString());
        for (const [key, written] of pairs) expect(parameters.get(key)).toBe(written === '' ? undefined : written);
      }),
    );
  });

  it('are refused as a whole, never misread, when they are anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          FormParameters.parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
        }
      }),
    );
  });

  it('may be there twice where RFC 8693 says so', () => {
    const parameters = FormParameters.parse('audience=a&resource=x&audience=b&audience=');
    expect(parameters.all('audience')).toEqual(['a', 'b']);
    expect(parameters.all('resource')).toEqual(['x']);
  });

  it.each(['a=1&a=2', 'a=&a=1', 'a&a', '%61=1&a=2', '__proto__=1&__proto__=2'])(
    'may not be there twice: %s',
    (text) => {
      expect(() => FormParameters.parse(text)).toThrow('more than once');
    },
  );

  it('are not the members of an object', () => {
    const parameters = FormParameters.parse('__proto__=x');
    expect(parameters.get('constructor')).toBeUndefined();
    expect(parameters.get('__proto__')).toBe('x');
  });
});
