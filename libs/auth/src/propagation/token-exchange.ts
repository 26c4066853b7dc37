import type { Caller } from './caller-context.js';
import type { TokenEndpoint } from './token-endpoint.js';

export interface TokenExchangeOptions {
  /** The most exchanged tokens that are kept. Default 5000. */
  readonly maxEntries?: number;
}

/** What a caller's token is to be exchanged for. */
export interface ExchangeTarget {
  readonly audience: string;
  /** Space-delimited; what the subject has of them. Default: all that the issuer allows for the audience. */
  readonly scope?: string;
}

/**
 * Exchanges a caller's token for one that is good at one other service alone (RFC 8693), as this service's client.
 * What was exchanged is kept until it expires, or the caller's own token does.
 */
export class TokenExchange {
  readonly #kept = new Map<string, KeptToken>();
  readonly #exchanges = new Map<string, Promise<string>>();
  readonly #maxEntries: number;

  constructor(
    private readonly endpoint: TokenEndpoint,
    { maxEntries = 5000 }: TokenExchangeOptions = {},
  ) {
    this.#maxEntries = maxEntries;
  }

  /** How many exchanged tokens are kept. */
  get entries(): number {
    return this.#kept.size;
  }

  /** @throws PropagationError by rejection */
  tokenFor(caller: Caller, target: ExchangeTarget): string | Promise<string> {
    const key = keyOf(caller.token, target);
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.endpoint.clock.now() < kept.usableUntil) return kept.token;
    this.#kept.delete(key);
    const running = this.#exchanges.get(key);
    if (running !== undefined) return running;
    const exchanged = this.#exchange(key, caller, target).finally(() => this.#exchanges.delete(key));
    this.#exchanges.set(key, exchanged);
    return exchanged;
  }

  async #exchange(key: string, { token, verified }: Caller, { audience, scope }: ExchangeTarget): Promise<string> {
    const granted = await this.endpoint.grant({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      audience,
      ...(scope === undefined ? {} : { scope }),
    });
    const expiresAt = Math.min(granted.expiresAt, verified.expiresAt * 1000);
    this.#keep(key, { token: granted.token, usableUntil: expiresAt - MARGIN_MS });
    return granted.token;
  }

  /** The oldest go first: they are the nearest to their end, or beyond it. */
  #keep(key: string, kept: KeptToken): void {
    const now = this.endpoint.clock.now();
    this.#kept.set(key, kept);
    for (const [oldest, { usableUntil }] of this.#kept) {
      if (this.#kept.size <= this.#maxEntries && now < usableUntil) return;
      this.#kept.delete(oldest);
    }
  }
}

interface KeptToken {
  readonly token: string;
  readonly usableUntil: number;
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** What a hop may take: a token this near to its end is not sent on. */
const MARGIN_MS = 5000;

/** A line feed is in no token, no scope and no registered audience. */
function keyOf(token: string, { audience, scope = '' }: ExchangeTarget): string {
  return `${audience}\n${scope}\n${token}`;
}
