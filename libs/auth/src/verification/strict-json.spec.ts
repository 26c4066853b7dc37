import fc from 'fast-check';
import { parseStrictJsonObject } from './strict-json.js';

const parse = (text: string) => parseStrictJsonObject(Buffer.from(text));
/** Objects whose names and strings have every kind of character that needs care. */
const object = fc.dictionary(
  fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
);

function hasProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}

describe('strict JSON', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1, '\t'), (value, space) => {
        fc.pre(!hasProto(value));
        expect(parse(JSON.stringify(value, undefined, space))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });

  it('finds any member that is there twice, wherever it is and however its name is written', () => {
    const codeUnit = (name: string, i: number) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`;
    const escaped = (name: string) => Array.from({ length: name.length }, (_, i) => codeUnit(name, i)).join('');
    fc.assert(
      fc.property(
        object,
        fc.string({ unit: 'binary' }),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.boolean(),
        (others, name, a, b, deep) => {
          fc.pre(name !== '__proto__' && !hasProto([a, b, others]) && !Object.hasOwn(others, name));
          const members = JSON.stringify(others).slice(1, -1);
          const twice = `{"${escaped(name)}":${JSON.stringify(a)},${members === '' ? '' : `${members},`}${JSON.stringify(name)}:${JSON.stringify(b)}}`;
          expect(() => parse(deep ? `{"x":[1,${twice}]}` : twice)).toThrow('twice');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes 32 levels, and not 33', () => {
    const nested = (levels: number) => `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(parse(nested(32))).toHaveProperty('x');
    expect(() => parse(nested(33))).toThrow('nested');
  });

  it('refuses bytes that are not UTF-8, and takes U+FFFD where it is written', () => {
    expect(parse('{"x":"\ufffd"}')).toEqual({ x: '\ufffd' });
    expect(() => parseStrictJsonObject(Buffer.from('7b2278223a22ff227d', 'hex'))).toThrow('UTF-8');
  });

  it('quotes nothing of what it refuses', () => {
    expect(() => parse('{"password": hunter2}')).toThrow(/^not JSON$/);
  });
});
