import { describeAttacks, type Target } from './describe-attacks.js';

/** A signed token whose payload is the good one's JSON text, changed. */
function withPayload({ issuer }: Target, change: (json: string) => string | Buffer): string {
  return issuer.sign(issuer.header(), change(JSON.stringify(issuer.claims())));
}

function withHeader({ issuer }: Target, change: (json: string) => string | Buffer): string {
  return issuer.sign(change(JSON.stringify(issuer.header())), issuer.claims());
}

/** Members after the good ones, inside the object. */
function adding(members: string) {
  return (json: string) => `${json.slice(0, -1)},${members}}`;
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

/** Bytes that are not text, inside a string. */
function withBytes(bytes: readonly number[]) {
  return (json: string) =>
    Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":"`), Buffer.from(bytes), Buffer.from('"}')]);
}

const changes: readonly (readonly [string, (json: string) => string | Buffer])[] = [
  ['a member twice, the good one last', (json) => `{"roles":["admin"],"sub":"admin","x":1,"x":2,${json.slice(1)}`],
  ['a member twice, the same each time', (json) => adding('"x":1,"x":1')(json)],
  ['a member twice, one written with an escape', adding('"x":1,"\\u0078":2')],
  ['a member twice, deep inside', adding('"x":[{"a":{"b":1,"b":2}}]')],
  ['a member twice, where the one that counts hides the other', adding('"x":{"a":1,"b":{"c":1}},"x":1')],
  ['a member named __proto__', adding('"__proto__":{"roles":["admin"]}')],
  ['a member named __proto__ in an inner object', adding('"x":{"__proto__":{}}')],
  ['a byte order mark', (json) => `\ufeff${json}`],
  ['a byte that is not UTF-8', withBytes([0xff])],
  ['an overlong encoding of a slash', withBytes([0xc0, 0xaf])],
  ['a surrogate encoded as UTF-8', withBytes([0xed, 0xa0, 0x80])],
  ['a sequence that is cut short', withBytes([0xe2, 0x82])],
  ['a lone surrogate written as an escape', adding('"x":"\\ud800"')],
  ['a lone surrogate in a name', adding('"\\udc00":1')],
  ['a NUL', adding('"x":[{"y":"a\\u0000b"}]')],
  ['a NUL in a name', adding('"\\u0000":1')],
  ['a member twice, with a name of one character that is escaped both times', adding('"\\u0078":1,"\\u0078":2')],
  ['a member twice, that hides something deep', adding(`"x":${nested(5000)},"\\u0078":2`)],
  ['nested 33 deep', adding(`"x":${nested(32)}`)],
  ['nested thousands deep', adding(`"x":${nested(5000)}`)],
  ['a list', (json) => `[${json}]`],
  ['a string', (json) => JSON.stringify(json)],
  ['null', () => 'null'],
  ['nothing but white space', () => '  '],
  ['a text after the object', (json) => `${json}{}`],
  ['a comma too many', (json) => `${json.slice(0, -1)},}`],
  ['single quotes', (json) => json.replaceAll('"', "'")],
  ['a comment', (json) => `/**/${json}`],
  ['a number that JSON does not know', adding('"x":NaN')],
  ['a number that is infinite to us: 1e400', adding('"x":1e400')],
  ['a number that is infinite below, deep inside', adding('"x":[{"a":-1e400}]')],
  ['a control character in a string', adding('"x":"\u0001"')],
  ['UTF-16', (json) => Buffer.from(json, 'utf16le')],
];

describeAttacks('JSON', [
  ...changes.flatMap(([title, change]) => [
    {
      title: `payload: ${title}`,
      code: 'token_malformed' as const,
      token: (target: Target) => withPayload(target, change),
    },
    {
      title: `header: ${title}`,
      code: 'token_malformed' as const,
      token: (target: Target) => withHeader(target, change),
    },
  ]),
  {
    title: 'a claim twice: a good sub first, another one last',
    code: 'token_malformed',
    token: (target) => withPayload(target, adding('"sub":"admin"')),
  },
  {
    title: 'an exp that is infinite to us',
    code: 'token_malformed',
    token: (target) => withPayload(target, (json) => json.replace(/"exp":\d+/, '"exp":1e400')),
  },
  {
    title: 'alg twice: none first, the good one last',
    code: 'token_malformed',
    token: (target) => withHeader(target, (json) => `{"alg":"none",${json.slice(1)}`),
  },
]);
