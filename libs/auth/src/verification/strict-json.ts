import { countWrittenMembers, readWrittenNames, sameNames } from './written-names.js';

const MAX_DEPTH = 32;
/** NUL, and a surrogate without its partner: no text of PostgreSQL holds the one, and no UTF-8 text the other. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

export interface StrictJsonOptions {
  /** The most levels of objects and lists in one another. Default 32. */
  readonly maxDepth?: number;
  /** Which strings and names are taken: `storable`, the default, has no NUL and no lone surrogate; `any` has both. */
  readonly text?: 'storable' | 'any';
}

/**
 * Parses JSON that can be read in one way only: valid UTF-8 without a BOM, no member twice (RFC 8259 §4 leaves its meaning
 * open), no `__proto__`, no number beyond a double's range, nothing nested too deep, no text that a database cannot hold.
 *
 * Node's own `JSON.parse` is not trusted with names: that of Node 24 (V8 13.6) reads `"\u0061"` as a backslash once it has
 * seen objects of several shapes. Names with an escape are read here too, and where the two differ the text is refused.
 *
 * @throws SyntaxError with a reason that quotes nothing of the text.
 */
export function parseStrictJson(json: Buffer | string, options: StrictJsonOptions = {}): unknown {
  const text = typeof json === 'string' ? json : decodeUtf8(json);
  const { maxDepth = MAX_DEPTH } = options;
  const value = parse(text);
  // Bytes are UTF-8 without control characters in strings, so only an escape brings in what cannot be stored.
  const mayBeUnstorable = options.text !== 'any' && (typeof json === 'string' || text.includes('\\u'));
  const read = countMembers(value, 1, { maxDepth, mayBeUnstorable });
  const written = countWrittenMembers(text);
  if (written.hasEscapedNames && !sameNames(value, readWrittenNames(text, maxDepth))) {
    throw new SyntaxError('a name with an escape that Node.js reads wrongly: write it without');
  }
  // JSON.parse keeps the last of two members with one name, so a text with a duplicate has more members than its value.
  if (read !== written.members) throw new SyntaxError('a member is there twice');
  return value;
}

/** {@link parseStrictJson} for what must be an object. */
export function parseStrictJsonObject(json: Buffer | string, options?: StrictJsonOptions): Record<string, unknown> {
  const value = parseStrictJson(json, options);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object');
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('not JSON'); // the engine's own message would quote the text
  }
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Decoding puts U+FFFD for what is not UTF-8; only then are the bytes worth a closer look.
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
  // 1e400: infinite here, another number or an error elsewhere (RFC 7493 §2.2).
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
