import fc from 'fast-check';
import { parseStrictJsonObject } from './strict-json.js';

const parse = (text: string) => parseStrictJsonObject(Buffer.from(text));
/** Objects whose names and strings have every kind of character that needs care. */
const object = fc.dictionary(
  fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
);

/** What JSON is made of, and what it is nearly made of. */
const FRAGMENTS = Array.from('{}[]:,"\\-.e01a \n\0\ufeff\u2028').concat(
  ['\\u', 'true', 'nul', '"a"', '"b":', '{"a":1}'],
  ['"\\u0061":', '1e400', '-0', '"__proto__":'],
);

interface Written {
  readonly text: string;
  readonly twice: boolean;
}

/** Names as they are written, and what they mean. Colons and quotes in strings must not count. */
const name = fc.constantFrom(
  ['a', 'a'],
  ['\\u0061', 'a'],
  ['b', 'b'],
  ['a:', 'a:'],
  ['\\"', '"'],
  ['\\\\', '\\'],
  ['', ''],
);
const leaf = fc
  .constantFrom('1', '-0', '1E3', 'null', '"a"', '":"', '"\\":"', '"\\\\"')
  .map((text): Written => ({ text, twice: false }));
const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('written'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join()}]`,
      twice: items.some(({ twice }) => twice),
    })),
    fc.array(fc.tuple(name, tie('written')), { maxLength: 4 }).map((members) => ({
      text: `{${members.map(([[how], { text }]) => `"${how}" : ${text}`).join()}}`,
      twice:
        new Set(members.map(([[, meaning]]) => meaning)).size < members.length ||
        members.some(([, { twice }]) => twice),
    })),
  ),
}));

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

  it('refuses a text if and only if it has a member twice, and else reads it as JSON.parse does', () => {
    fc.assert(
      fc.property(written, ({ text, twice }) => {
        if (twice) expect(() => parse(`{"x":${text}}`)).toThrow('twice');
        else expect(parse(`{"x":${text}}`)).toEqual({ x: JSON.parse(text) });
      }),
      { numRuns: 500 },
    );
  });

  it('never takes what JSON.parse does not take, nor reads it in another way', () => {
    const fragment = fc.constantFrom(...FRAGMENTS);
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        const text = `{${fragments.join('')}}`;
        const read = (() => {
          try {
            return parse(text);
          } catch (error) {
            return error;
          }
        })();
        if (read instanceof Error) expect(read).toBeInstanceOf(SyntaxError);
        else expect(read).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['1e400', '-1e400', '[1e999]', '{"a":1e309}'])('refuses a number that is infinite to us: %s', (text) => {
    expect(() => parse(`{"x":${text}}`)).toThrow('out of range');
  });

  it('reads the same number in every way that it can be written', () => {
    expect(parse('{"a":1000,"b":1E3,"c":1e+3,"d":1000.0,"e":10000e-1}')).toEqual({
      a: 1000,
      b: 1000,
      c: 1000,
      d: 1000,
      e: 1000,
    });
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
