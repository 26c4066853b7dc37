import { parseHeader, type TokenHeader } from './token-header.js';

/** All tokens of one key have the same header, so it is parsed once. */
const MAX_HEADERS = 100;

/** Only headers of tokens that were verified are kept, so nobody else can fill it. */
export class HeaderCache {
  readonly #headers = new Map<string, TokenHeader>();

  read(segment: string): TokenHeader {
    return this.#headers.get(segment) ?? parseHeader(segment);
  }

  keep(segment: string, header: TokenHeader): void {
    if (this.#headers.has(segment)) return;
    if (this.#headers.size >= MAX_HEADERS) this.#headers.clear();
    this.#headers.set(segment, header);
  }
}
