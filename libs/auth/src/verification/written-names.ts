/** The escapes of RFC 8259 §7, without `u`. */
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

export interface WrittenMembers {
  readonly members: number;
  readonly hasEscapedNames: boolean;
}

/** Counts the members of a valid JSON text: the strings before a colon. */
export function countWrittenMembers(text: string): WrittenMembers {
  let members = 0;
  let hasEscapedNames = false;
  // In JSON there is no backslash outside of strings.
  let backslash = text.indexOf('\\');
  for (let start = text.indexOf('"'); start !== -1;) {
    let end = text.indexOf('"', start + 1);
    const escaped = backslash !== -1 && backslash < end;
    while (backslash !== -1 && backslash < end) {
      if (backslash + 1 === end) end = text.indexOf('"', end + 1);
      backslash = text.indexOf('\\', backslash + 2);
    }
    if (text.charCodeAt(skipSpace(text, end + 1)) === COLON) {
      members += 1;
      hasEscapedNames ||= escaped;
    }
    start = text.indexOf('"', end + 1);
  }
  return { members, hasEscapedNames };
}

/** The member names of a JSON value, as written in its text: a map for an object, a list for an array, else undefined. */
export type WrittenNames = ReadonlyMap<string, WrittenNames> | readonly WrittenNames[] | undefined;

/**
 * Reads the member names of a valid JSON text.
 *
 * @throws SyntaxError for a duplicate member, or if it is nested deeper than `maxDepth`
 */
export function readWrittenNames(text: string, maxDepth: number): WrittenNames {
  return new NameReader(text, maxDepth).value(1);
}

/** Whether a value has exactly these names, in the same places. */
export function sameNames(value: unknown, written: WrittenNames): boolean {
  if (written === undefined) return typeof value !== 'object' || value === null;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value) !== Array.isArray(written)) return false;
  const entries = [...written.entries()];
  return (
    Object.keys(value).length === entries.length &&
    entries.every(
      ([name, inside]) =>
        Object.hasOwn(value, name) && sameNames((value as Record<string | number, unknown>)[name], inside),
    )
  );
}

class NameReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  value(depth: number): WrittenNames {
    this.space();
    const first = this.text[this.at];
    if (first === '"') {
      this.string();
      return undefined;
    }
    if (first !== '{' && first !== '[') {
      while (this.at < this.text.length && !',]}'.includes(this.text.charAt(this.at))) this.at += 1;
      return undefined;
    }
    if (depth > this.maxDepth) throw new SyntaxError(`nested deeper than ${this.maxDepth}`);
    this.at += 1;
    return first === '{' ? this.members(depth + 1) : this.items(depth + 1);
  }

  private members(depth: number): WrittenNames {
    const members = new Map<string, WrittenNames>();
    while (!this.ends('}')) {
      const name = this.string();
      if (members.has(name)) throw new SyntaxError('duplicate member');
      this.space();
      this.at += 1; // the colon
      members.set(name, this.value(depth));
    }
    return members;
  }

  private items(depth: number): WrittenNames {
    const items: WrittenNames[] = [];
    while (!this.ends(']')) items.push(this.value(depth));
    return items;
  }

  /** Skips the end of an object or list, or the comma before its next item. */
  private ends(bracket: string): boolean {
    this.space();
    if (this.text[this.at] === ',') {
      this.at += 1;
      this.space();
    } else if (this.text[this.at] === bracket) {
      this.at += 1;
      return true;
    }
    return false;
  }

  private string(): string {
    const { text } = this;
    let read = '';
    let from = this.at + 1;
    for (this.at = from; text.charCodeAt(this.at) !== QUOTE; this.at += 1) {
      if (text.charCodeAt(this.at) !== BACKSLASH) continue;
      read += text.slice(from, this.at) + this.escape();
      from = this.at + 1;
    }
    read += text.slice(from, this.at);
    this.at += 1;
    return read;
  }

  /** The character of an escape; stops at the last character of the escape. */
  private escape(): string {
    this.at += 1;
    const kind = this.text.charAt(this.at);
    if (kind !== 'u') return ESCAPES[kind] ?? kind;
    this.at += 4;
    return String.fromCharCode(Number.parseInt(this.text.slice(this.at - 3, this.at + 1), 16));
  }

  private space(): void {
    this.at = skipSpace(this.text, this.at);
  }
}

/** RFC 8259 §2. */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (let char = text.charCodeAt(at); char === 0x20 || (char >= 0x09 && char <= 0x0d); char = text.charCodeAt(at)) {
    at += 1;
  }
  return at;
}
