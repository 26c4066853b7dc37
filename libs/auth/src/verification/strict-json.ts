import { countWrittenMembers, readWrittenNames, sameNames } from './written-names.js';

const MAX_DEPTH = 32;
/** NUL, which PostgreSQL text cannot hold, and a lone surrogate, which UTF-8 cannot encode. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** What {@link parseStrictJson} accepts. */
export interface StrictJsonOptions {
  /** The deepest nesting of objects and lists. Default 32. */
  readonly maxDepth?: number;
  /** Which strings and names are allowed: `storable`, the default, allows no NUL and no lone surrogate; `any` allows both. */
  readonly text?: 'storable' | 'any';
}

/**
 * Parses JSON that has one meaning only: valid UTF-8 without a BOM, no duplicate member (RFC 8259 §4 leaves its meaning
 * open), no `__proto__`, no number beyond the range of a double, limited nesting, no text that a database cannot hold.
 *
 * `JSON.parse` is not trusted with member names: in Node 24 (V8 13.6) it reads `"\u0061"` as a backslash once it has
 * seen objects of several shapes. So names with an escape are also read here, and the text is refused if the two differ.
 *
 * @throws SyntaxError whose message quotes no part of the text
 *
 * @example
 * ```ts
 * import { parseStrictJson } from '@watchword/auth/verification';
 *
 * parseStrictJson('{ "price": 12 }'); // { price: 12 }
 * parseStrictJson('{ "price": 12, "price": 1 }'); // throws SyntaxError: duplicate member
 * ```
 */
export function parseStrictJson(json: Buffer | string, options: StrictJsonOptions = {}): unknown {
  const text = typeof json === 'string' ? json : decodeUtf8(json);
  const { maxDepth = MAX_DEPTH } = options;
  const value = parse(text);
  // Valid UTF-8 JSON has no control characters and no lone surrogates in strings, except by a \u escape.
  const mayBeUnstorable = options.text !== 'any' && (typeof json === 'string' || text.includes('\\u'));
  const read = countMembers(value, 1, { maxDepth, mayBeUnstorable });
  const written = countWrittenMembers(text);
  if (written.hasEscapedNames && !sameNames(value, readWrittenNames(text, maxDepth))) {
    throw new SyntaxError('a name with an escape that Node.js reads wrongly: write it without');
  }
  // JSON.parse keeps only the last of two members with the same name, so a text with a duplicate has more members than its value.
  if (read !== written.members) throw new SyntaxError('duplicate member');
  return value;
}

/**
 * {@link parseStrictJson} for what must be an object.
 *
 * @throws SyntaxError whose message quotes no part of the text
 *
 * @example
 * ```ts
 * import { parseStrictJsonObject } from '@watchword/auth/verification';
 *
 * export function readName(body: Buffer): string {
 *   const { name } = parseStrictJsonObject(body);
 *   if (typeof name !== 'string') throw new TypeError('`name` must be text');
 *   return name;
 * }
 * ```
 */
export function parseStrictJsonObject(json: Buffer | string, options?: StrictJsonOptions): Record<string, unknown> {
  const value = parseStrictJson(json, options);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object');
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('not JSON'); // the message of JSON.parse would quote the text
  }
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Decoding replaces invalid UTF-8 by U+FFFD. Compare the bytes only if the text contains it.
  if (text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(bytes)) throw new SyntaxError('not UTF-8');
  return text;
}

interface Limits {
  readonly maxDepth: number;
  readonly mayBeUnstorable: boolean;
}

function countMembers(value: unknown, depth: number, limits: Limits): number {
  if (typeof value === 'string') {
    if (limits.mayBeUnstorable && UNSTORABLE.test(value)) throw new SyntaxError('a NUL or a lone surrogate');
    return 0;
  }
  // 1e400 is Infinity here, but another number or an error in other parsers (RFC 7493 §2.2).
  if (value === Infinity || value === -Infinity) throw new SyntaxError('a number out of range');
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > limits.maxDepth) throw new SyntaxError(`nested deeper than ${limits.maxDepth}`);
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item, depth + 1, limits);
    return members;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw new SyntaxError('a member named __proto__');
    countMembers(name, depth, limits);
    members += 1 + countMembers((value as Record<string, unknown>)[name], depth + 1, limits);
  }
  return members;
}
