import fc from 'fast-check';
import { parseStrictJson, parseStrictJsonObject } from './strict-json.js';

const parse = (text: string) => parseStrictJsonObject(Buffer.from(text));

/**
 * Brings the engine into the state that a service is in after a while: it has seen objects of some twenty shapes, nested,
 * with names written with escapes and without. Only then does V8 13.6 (Node 24) misread names.
 */
function teachShapes(): void {
  const names = ['a', 'b', '"', '\\', '\n', 'c/d', 'longer name', '0'];
  for (let shape = 0; shape < 24; shape += 1) {
    const members = names.filter((_, index) => (shape >> (index % 5)) % 2 === 0);
    const inner = Object.fromEntries(members.toReversed().map((name) => [name, shape]));
    JSON.parse(JSON.stringify(Object.fromEntries(members.map((name) => [name, { b: 1, ...inner }]))));
    JSON.parse(`{"b":[${JSON.stringify(inner)}],"\\u0061":{"b":1,"c\\/d":2}}`);
  }
}

beforeAll(teachShapes);

/** V8 13.6 (Node 24) misreads some names, and not the same ones at each call: there a text may be refused for that. */
const MISREADS = process.versions.v8.startsWith('13.6.');
const TWICE = MISREADS ? /duplicate|that Node\.js reads wrongly/ : /duplicate/;

/** Expects that a good text is read as what it means. */
function expectRead(text: string, meaning: unknown): void {
  try {
    expect(parse(text)).toEqual(meaning);
  } catch (error) {
    if (!MISREADS || !String(error).includes('that Node.js reads wrongly')) throw error;
  }
}

/** Texts with every kind of character that needs care, apart from the NUL, which is always refused. */
const characters = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const value = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
  .filter((candidate) => !hasProto(candidate) && !JSON.stringify(candidate).includes('\\u0000'));
const object = fc.dictionary(
  characters.filter((name) => name !== '__proto__'),
  value,
);

/** What JSON is made of, and what it is nearly made of. */
const FRAGMENTS = Array.from('{}[]:,"\\-.e01a \n\0\ufeff\u2028').concat(
  ['\\u', 'true', 'nul', '"a"', '"b":', '{"a":1}'],
  ['"\\u0061":', '1e400', '-0', '"__proto__":'],
);

interface Written {
  readonly text: string;
  /** Of a text that has nothing twice. */
  readonly meaning: unknown;
  readonly twice: boolean;
}

/** Names as they are written, and what they mean. Colons and quotes in strings must not count. PHP writes `\/`. */
const name = fc.constantFrom(
  ['a', 'a'],
  ['\\u0061', 'a'],
  ['b', 'b'],
  ['a:', 'a:'],
  ['\\"', '"'],
  ['\\\\', '\\'],
  ['\\/', '/'],
  ['https:\\/\\/a', 'https://a'],
  ['\\u0061\\ud83d\\ude00', 'a😀'],
  ['', ''],
);
const leaf = fc
  .constantFrom('1', '1E3', 'null', '"a"', '":"', '"\\":"', '"\\\\"', '"\\\\\\""', '"\\u0061\\n"', '[]', '{}')
  .map((text): Written => ({ text, meaning: JSON.parse(text) as unknown, twice: false }));
const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('written'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join()}]`,
      meaning: items.map(({ meaning }) => meaning),
      twice: items.some(({ twice }) => twice),
    })),
    fc.array(fc.tuple(name, tie('written')), { maxLength: 4 }).map((members) => ({
      text: `{${members.map(([[how], { text }]) => `"${how}" :\n${text}`).join()}}`,
      meaning: Object.fromEntries(members.map(([[, what], { meaning }]) => [what, meaning])),
      twice: new Set(members.map(([[, what]]) => what)).size < members.length || members.some(([, { twice }]) => twice),
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
      fc.property(object, fc.constantFrom(0, 1, '\t'), (whole, space) => {
        expectRead(JSON.stringify(whole, undefined, space), JSON.parse(JSON.stringify(whole)));
      }),
      { numRuns: 200 },
    );
  });

  it('finds any member that is there twice, wherever it is and however its name is written', () => {
    const codeUnit = (text: string, i: number) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
    const escaped = (text: string) => Array.from({ length: text.length }, (_, i) => codeUnit(text, i)).join('');
    fc.assert(
      fc.property(object, characters, value, value, fc.boolean(), (others, twin, a, b, deep) => {
        fc.pre(twin !== '__proto__' && !Object.hasOwn(others, twin));
        const members = JSON.stringify(others).slice(1, -1);
        const twice = `{"${escaped(twin)}":${JSON.stringify(a)},${members === '' ? '' : `${members},`}${JSON.stringify(twin)}:${JSON.stringify(b)}}`;
        expect(() => parse(deep ? `{"x":[1,${twice}]}` : twice)).toThrow(TWICE);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a text if and only if it has a member twice, and else reads it as what it means', () => {
    fc.assert(
      fc.property(written, ({ text, meaning, twice }) => {
        if (twice) expect(() => parse(`{"x":${text}}`)).toThrow(TWICE);
        else expectRead(`{"x":${text}}`, { x: meaning });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"b":1,"\\"":2}', { b: 1, '"': 2 }],
    ['{"b":1,"\\u0061":2}', { b: 1, a: 2 }],
    ['{"\\"":1,"\\\\":2,"b":3}', { '"': 1, '\\': 2, b: 3 }],
    ['{"b":{"b":1,"\\u002f":2}}', { b: { b: 1, '/': 2 } }],
  ])('never takes %s for something else, whatever the engine makes of it', expectRead);

  it.each([
    ['{"b":1,"a":2,"\\u0061":3}', 'duplicate'],
    ['{"b":1,"\\\\":2,"\\u005c":3}', 'duplicate'],
    // V8 13.6 counts two members in both of these.
    ['{"b":1,"\\"":2,"\\u0022":3}', 'duplicate'],
    ['[{"b":1,"\\u0061":2,"\\u0061":[[[]]]}]', 'duplicate'],
  ])('refuses %s, whatever the engine makes of it', (text, reason) => {
    expect(() => parseStrictJson(text)).toThrow(reason);
  });

  it('takes names as PHP writes them, with an escaped slash', () => {
    const claims = { 'https://id.example.com/roles': ['a/b'], b: 1, iss: 'https://id.example.com/' };
    expect(parse(JSON.stringify(claims).replaceAll('/', '\\/'))).toEqual(claims);
  });

  it('never takes what JSON.parse does not take, nor reads it in another way', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }), (fragments) => {
        const text = `{${fragments.join('')}}`;
        const read = attempt(() => parse(text));
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

  const nested = (levels: number) => `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

  it('takes 32 levels, and not 33', () => {
    expect(parse(nested(32))).toHaveProperty('x');
    expect(() => parse(nested(33))).toThrow('nested');
  });

  it.each([
    ['', nested(200_000)],
    [' where a second member hides it', `{"x":${nested(200_000)},"\\u0078":1}`],
    [' where a name has an escape', `{"b":1,"\\/":${nested(200_000)}}`],
  ])('refuses what is nested 200,000 deep%s, and does not fall over it', (_, text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });

  it('takes as many levels as its caller allows', () => {
    expect(parseStrictJson(nested(100), { maxDepth: 100 })).toHaveProperty('x');
    expect(() => parseStrictJson(nested(101), { maxDepth: 100 })).toThrow('nested deeper than 100');
  });

  it.each([
    ['a NUL in a string', '{"x":["a\\u0000b"]}'],
    ['a NUL in a name', '{"x":{"\\u0000":1}}'],
    ['half of a surrogate pair in a string', '{"x":"\\ud83d"}'],
    ['half of a surrogate pair in a name', '{"\\udc00":1}'],
  ])('refuses %s, unless its caller takes any text', (_, text) => {
    expect(() => parse(text)).toThrow('a NUL or a lone surrogate');
    expect(parseStrictJson(text, { text: 'any' })).toEqual(JSON.parse(text));
  });

  it('refuses half of a surrogate pair that a text has without an escape', () => {
    expect(() => parseStrictJson('{"x":"\ud83d"}')).toThrow('a NUL or a lone surrogate');
  });

  it('takes a whole surrogate pair, and an escaped backslash before what looks like an escape', () => {
    expect(parse('{"x":"\\ud83d\\ude00","y":"\\\\u0000"}')).toEqual({ x: '😀', y: '\\u0000' });
  });

  it('refuses bytes that are not UTF-8, and takes U+FFFD where it is written', () => {
    expect(parse('{"x":"\ufffd"}')).toEqual({ x: '\ufffd' });
    expect(() => parseStrictJsonObject(Buffer.from('7b2278223a22ff227d', 'hex'))).toThrow('UTF-8');
  });

  it('quotes nothing of what it refuses', () => {
    expect(() => parse('{"password": hunter2}')).toThrow(/^not JSON$/);
  });
});

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}
