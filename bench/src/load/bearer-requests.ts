import { TokenMint, type MintKeys, type TokenKind } from '../tokens/token-mint.js';

/** Which tokens the requests carry: always the same, one of a pool in turn, or one that no server has seen. */
export type TokenMode = 'one' | 'pool' | 'new';

export const POOL = 10_000;

/** nest-keycloak-connect remembers nothing, and an RS256 signature takes 0.7 ms to make: a small pool does for it. */
const KEYCLOAK_POOL = 1000;

type Encode = (token: string) => Buffer;

/** The bytes of requests (or messages) with bearer tokens, made before the clock starts. */
export class BearerRequests {
  readonly #mints: Record<TokenKind, TokenMint>;
  readonly #pools = new Map<string, readonly Buffer[]>();
  readonly #tokens: Record<TokenKind, readonly string[]>;

  constructor(keys: MintKeys) {
    this.#mints = { watchword: new TokenMint(keys, 'watchword'), keycloak: new TokenMint(keys, 'keycloak') };
    this.#tokens = { watchword: this.#mints.watchword.mint(POOL), keycloak: this.#mints.keycloak.mint(KEYCLOAK_POOL) };
  }

  /** Makes the tokens of the coming round of mode `new`; every server of the round gets the same ones once. */
  renew(count: number, encode: Encode): void {
    this.#pools.set('watchword new', this.#mints.watchword.mint(count).map(encode));
  }

  /** @returns the request at an index; requests are as many as wanted, tokens come round again. */
  of(kind: TokenKind, mode: TokenMode, encode: Encode): (index: number) => Buffer {
    const pool = this.#pool(kind, kind === 'keycloak' && mode === 'new' ? 'pool' : mode, encode);
    return (index) => pool[index % pool.length]!;
  }

  #pool(kind: TokenKind, mode: TokenMode, encode: Encode): readonly Buffer[] {
    const name = `${kind} ${mode}`;
    let pool = this.#pools.get(name);
    if (!pool) {
      pool = (mode === 'one' ? this.#tokens[kind].slice(0, 1) : this.#tokens[kind]).map(encode);
      this.#pools.set(name, pool);
    }
    return pool;
  }
}

/** A GET as a browser's or a service's client sends it, without what varies. */
export function httpRequest(token: string): Buffer {
  return Buffer.from(
    `GET /order HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
}

/** A request message of Nest's TCP transport with the token in the packet's metadata. */
export function tcpRequest(token: string): Buffer {
  const packet = JSON.stringify({
    pattern: { cmd: 'order' },
    data: { id: 1 },
    id: 'a1b2c3',
    metadata: { authorization: `Bearer ${token}` },
  });
  return Buffer.from(`${packet.length}#${packet}`);
}
