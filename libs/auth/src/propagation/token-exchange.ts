import type { Caller } from './caller-context.js';
import { GrantedTokens } from './granted-tokens.js';
import type { UsableToken } from './granted-tokens.js';
import { PropagationError } from './propagation-error.js';
import type { TokenEndpoint } from './token-endpoint.js';

export interface TokenExchangeOptions {
  /** The most exchanged tokens that are kept, and the most refusals that are remembered. Default 5000. */
  readonly maxEntries?: number;
  /** The issuers whose tokens are exchanged. Default: the token endpoint's own. No other token is ever posted there. */
  readonly subjectIssuers?: readonly string[] | undefined;
}

/** What a token is to be for. */
export interface ExchangeTarget {
  readonly audience: string;
  /** Space-delimited. Default: all that the issuer allows for the audience. */
  readonly scope?: string;
}

/**
 * Exchanges a caller's token for one that is good at one other service alone (RFC 8693), as this service's client.
 * What was exchanged is kept until it expires, or the caller's own token does; a refusal is remembered for seconds.
 */
export class TokenExchange {
  readonly #tokens: GrantedTokens<UsableToken>;
  readonly #subjectIssuers: ReadonlySet<string>;

  constructor(
    private readonly endpoint: TokenEndpoint,
    { maxEntries = 5000, subjectIssuers = [endpoint.issuer] }: TokenExchangeOptions = {},
  ) {
    this.#tokens = new GrantedTokens(endpoint.clock, maxEntries);
    this.#subjectIssuers = new Set(subjectIssuers);
  }

  /** Whose tokens it gives. */
  get issuer(): string {
    return this.endpoint.issuer;
  }

  /** How many exchanged tokens are kept. */
  get entries(): number {
    return this.#tokens.entries;
  }

  /** How many refusals are remembered. */
  get refusals(): number {
    return this.#tokens.refusals;
  }

  /** @throws PropagationError by rejection; in place for a caller of an issuer whose tokens are not exchanged */
  tokenFor(caller: Caller, target: ExchangeTarget): string | Promise<string> {
    const { issuer } = caller.verified;
    if (!this.#subjectIssuers.has(issuer)) {
      throw new PropagationError(
        'issuer_not_for_target',
        `The caller's token is of ${issuer}, and was not sent to the token endpoint of ${this.issuer}. If that endpoint ` +
          'takes such tokens, name their issuer in `subjectIssuers`.',
      );
    }
    const key = keyOf(caller.token, target);
    return this.#tokens.get(key)?.token ?? this.#tokens.ask(key, () => this.#exchange(caller, target));
  }

  /** Told that the target refused an exchanged token; whether it is worth exchanging anew. */
  forget(caller: Caller, target: ExchangeTarget, token: string): boolean {
    return this.#tokens.forget(keyOf(caller.token, target), token);
  }

  async #exchange({ token, verified }: Caller, { audience, scope }: ExchangeTarget): Promise<UsableToken> {
    const granted = await this.endpoint.grant({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      audience,
      ...(scope === undefined ? {} : { scope }),
    });
    const expiresAt = Math.min(granted.expiresAt, verified.expiresAt * 1000);
    return { token: granted.token, usableUntil: expiresAt - MARGIN_MS };
  }
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** What a hop may take: a token this near to its end is not sent on. */
const MARGIN_MS = 5000;

/** A line feed is in no token, no scope and no registered audience. */
function keyOf(token: string, { audience, scope = '' }: ExchangeTarget): string {
  return `${audience}\n${scope}\n${token}`;
}
