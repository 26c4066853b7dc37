const MAX_DEPTH = 32;
/** Matches a surrogate without its partner: text that has no UTF-8 form, so that two of them could be stored as one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Parses a JSON object that can be read in one way only: valid UTF-8 without a BOM, no member twice
 * (RFC 7515 §4, RFC 7519 §4 leave that to us), no `__proto__`, no number beyond a double's range, at most 32 levels.
 *
 * @throws SyntaxError with a reason that quotes nothing of the text.
 */
export function parseStrictJsonObject(bytes: Buffer): Record<string, unknown> {
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError('not JSON'); // the engine's own message would quote the text
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object');
  // JSON.parse keeps the last of two members with one name, so a text with a duplicate has more members than its value.
  if (countMembers(value, 1, text.includes('\\u')) !== countWrittenMembers(text)) {
    throw new SyntaxError('a member is there twice');
  }
  return value as Record<string, unknown>;
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Decoding puts U+FFFD for what is not UTF-8; only then are the bytes worth a closer look.
  if (text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(bytes)) throw new SyntaxError('not UTF-8');
  return text;
}

/** The number of members in a text that is known to be JSON: of colons outside strings. */
function countWrittenMembers(text: string): number {
  let members = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (char === 0x22) inString = !inString;
    else if (inString) {
      if (char === 0x5c) i += 1;
    } else if (char === 0x3a) members += 1;
  }
  return members;
}

function countMembers(value: unknown, depth: number, mayHaveSurrogates: boolean): number {
  if (typeof value === 'string') {
    if (mayHaveSurrogates && LONE_SURROGATE.test(value)) throw new SyntaxError('a lone surrogate');
    return 0;
  }
  // 1e400: infinite here, another number or an error elsewhere (RFC 7493 §2.2).
  if (value === Infinity || value === -Infinity) throw new SyntaxError('a number out of range');
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH}`);
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item, depth + 1, mayHaveSurrogates);
    return members;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw new SyntaxError('a member named __proto__');
    countMembers(name, depth, mayHaveSurrogates);
    members += 1 + countMembers((value as Record<string, unknown>)[name], depth + 1, mayHaveSurrogates);
  }
  return members;
}
