import { createHash } from 'node:crypto';

const FIRST_CAPACITY = 1024;
const WORDS = 4;

/** Denied names in the form in which they are saved to a file. */
export interface SavedNames {
  readonly words: string;
  readonly ends: string;
}

/**
 * A set of names, each denied until its own time. It stores 128 bits per name in an open-addressing hash table of typed arrays: a
 * UUID is its own 128 bits, any other name is hashed with SHA-256. A million names take at most 40 MB.
 */
export class DeniedNames {
  private words = new Uint32Array(0);
  /** Until when each name is denied, in seconds since the epoch; 0 for a free slot. */
  private ends = new Uint32Array(0);
  private taken = 0;

  constructor() {
    this.resize(FIRST_CAPACITY);
  }

  get size(): number {
    return this.taken;
  }

  /** The memory that the names take. */
  get bytes(): number {
    return this.words.byteLength + this.ends.byteLength;
  }

  /**
   * @param end until when the name is denied, in seconds since the epoch; by then every token with it has expired
   * @param now seconds since the epoch
   */
  add(name: string, end: number, now: number): void {
    if (end <= now) return;
    readBits(name);
    this.addBits(end, now);
  }

  has(name: string): boolean {
    if (this.taken === 0) return false;
    readBits(name);
    return this.ends[this.placeOf(BITS)] !== 0;
  }

  /** Adds the name whose bits are in {@link BITS}. */
  private addBits(end: number, now: number): void {
    if ((this.taken + 1) * 4 > this.ends.length * 3) {
      const bits = BITS.slice();
      this.makeRoom(now);
      BITS.set(bits);
    }
    const place = this.placeOf(BITS);
    if (this.ends[place] === 0) {
      this.words.set(BITS, place * WORDS);
      this.taken += 1;
    }
    this.ends[place] = Math.max(this.ends[place] ?? 0, Math.ceil(end));
  }

  /** The names that are still denied, as base64 of their bits and of their times. */
  save(now: number): SavedNames {
    const live = [...this.ends.keys()].filter((place) => (this.ends[place] ?? 0) > now);
    const words = new Uint32Array(live.length * WORDS);
    live.forEach((place, at) => words.set(this.words.subarray(place * WORDS, place * WORDS + WORDS), at * WORDS));
    return { words: textOf(words), ends: textOf(Uint32Array.from(live, (place) => this.ends[place] ?? 0)) };
  }

  /** Adds saved names. Incomplete entries are skipped. */
  restore({ words, ends }: SavedNames, now: number): void {
    const [allWords, allEnds] = [wordsOf(words), wordsOf(ends)];
    if (allWords.length !== allEnds.length * WORDS) return;
    allEnds.forEach((end, at) => {
      BITS.set(allWords.subarray(at * WORDS, at * WORDS + WORDS));
      if (end > now) this.addBits(end, now);
    });
  }

  /** Rebuilds the table with the names that are still denied, in twice the size if needed. */
  private makeRoom(now: number): void {
    const { words, ends } = this;
    let live = 0;
    for (const end of ends) if (end > now) live += 1;
    this.resize(live * 2 >= ends.length ? ends.length * 2 : ends.length);
    for (let place = 0; place < ends.length; place += 1) {
      const end = ends[place] ?? 0;
      if (end <= now) continue;
      BITS.set(words.subarray(place * WORDS, place * WORDS + WORDS));
      const to = this.placeOf(BITS);
      this.words.set(BITS, to * WORDS);
      this.ends[to] = end;
      this.taken += 1;
    }
  }

  private resize(capacity: number): void {
    this.words = new Uint32Array(capacity * WORDS);
    this.ends = new Uint32Array(capacity);
    this.taken = 0;
  }

  /** The slot of the name, or the free slot where it belongs. */
  private placeOf(bits: Uint32Array): number {
    const mask = this.ends.length - 1;
    // Use the last words: a UUIDv7 begins with a timestamp.
    let place = ((bits[3] ?? 0) ^ (bits[2] ?? 0)) & mask;
    while (this.ends[place] !== 0 && !this.isAt(place, bits)) place = (place + 1) & mask;
    return place;
  }

  private isAt(place: number, bits: Uint32Array): boolean {
    const { words } = this;
    const at = place * WORDS;
    return words[at] === bits[0] && words[at + 1] === bits[1] && words[at + 2] === bits[2] && words[at + 3] === bits[3];
  }
}

/** The bits of the current name. Shared by all sets: there is no `await` while they are in use. */
const BITS = new Uint32Array(WORDS);

const UUID_LENGTH = 36;
const DASH = 45;

function readBits(name: string): void {
  if (name.length !== UUID_LENGTH || !readUuid(name)) readHash(name);
}

/** Accepts lower-case hexadecimal digits only: names that differ in case are different names. */
function readUuid(name: string): boolean {
  let digits = 0;
  let word = 0;
  for (let at = 0; at < UUID_LENGTH; at += 1) {
    const code = name.charCodeAt(at);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== DASH) return false;
      continue;
    }
    let digit: number;
    if (code >= 48 && code <= 57) digit = code - 48;
    else if (code >= 97 && code <= 102) digit = code - 87;
    else return false;
    word = (word << 4) | digit;
    digits += 1;
    if (digits % 8 === 0) BITS[digits / 8 - 1] = word;
  }
  return true;
}

function readHash(name: string): void {
  const hash = createHash('sha256').update(name).digest();
  for (let word = 0; word < WORDS; word += 1) BITS[word] = hash.readUInt32BE(word * 4);
}

function textOf(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');
}

function wordsOf(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  const whole = new Uint8Array(bytes.length - (bytes.length % 4));
  whole.set(bytes.subarray(0, whole.length));
  return new Uint32Array(whole.buffer);
}
