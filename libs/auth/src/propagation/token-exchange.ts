import { publish } from '../verification/index.js';
import type { Caller } from './caller.js';
import { GrantedTokens, type UsableToken } from './granted-tokens.js';
import { PropagationError } from './propagation-error.js';
import type { TokenEndpoint } from './token-endpoint.js';

/** The limits of {@link TokenExchange}. */
export interface TokenExchangeOptions {
  /** The largest number of cached tokens, and of remembered refusals. Default 5000. */
  readonly maxEntries?: number;
  /** The issuers whose tokens are exchanged. Default: that of the token endpoint. Tokens of other issuers are never sent there. */
  readonly subjectIssuers?: readonly string[] | undefined;
}

/** What a token is requested for. */
export interface ExchangeTarget {
  readonly audience: string;
  /** Space-delimited. Default: all scopes that the issuer allows for the audience. */
  readonly scope?: string;
}

/**
 * Exchanges a caller's token for one that is valid at one other service only (RFC 8693), with this service's credentials.
 * A token is cached until it or the caller's own token expires; a refusal is remembered for a few seconds.
 *
 * @example
 * ```ts
 * import type { Caller } from '@watchword/auth';
 * import type { TokenExchange } from '@watchword/auth/clients';
 *
 * // A call for the caller, whose own token is not for the catalog.
 * export async function catalogFor(caller: Caller, exchange: TokenExchange): Promise<Response> {
 *   const token = await exchange.tokenFor(caller, { audience: 'catalog', scope: 'products:read' });
 *   return fetch('http://catalog:3001/products', { headers: { authorization: `Bearer ${token}` } });
 * }
 * ```
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

  /** The issuer of the tokens. */
  get issuer(): string {
    return this.endpoint.issuer;
  }

  /** The number of cached tokens. */
  get entries(): number {
    return this.#tokens.entries;
  }

  /** The number of remembered refusals. */
  get refusals(): number {
    return this.#tokens.refusals;
  }

  /** @throws PropagationError by rejection; synchronously for a caller of an issuer whose tokens are not exchanged */
  tokenFor(caller: Caller, target: ExchangeTarget): string | Promise<string> {
    const { issuer } = caller.verified;
    if (!this.#subjectIssuers.has(issuer)) {
      throw new PropagationError(
        'issuer_not_for_target',
        `The caller's token is from ${issuer}, and was not sent to the token endpoint of ${this.issuer}. If that endpoint ` +
          'accepts such tokens, add their issuer to `subjectIssuers`.',
      );
    }
    const key = keyOf(caller.token, target);
    return this.#tokens.get(key)?.token ?? this.#tokens.ask(key, () => this.#exchange(caller, target));
  }

  /** Call it when the target refused an exchanged token. Returns whether to exchange again. */
  forget(caller: Caller, target: ExchangeTarget, token: string): boolean {
    return this.#tokens.forget(keyOf(caller.token, target), token);
  }

  async #exchange(caller: Caller, target: ExchangeTarget): Promise<UsableToken> {
    const tell = (error?: unknown): void =>
      publish('exchange', () => ({
        issuer: this.issuer,
        audience: target.audience,
        subject: caller.verified.subject,
        error,
      }));
    try {
      const granted = await this.#grant(caller, target);
      tell();
      return granted;
    } catch (error) {
      tell(error);
      throw error;
    }
  }

  async #grant({ token, verified }: Caller, { audience, scope }: ExchangeTarget): Promise<UsableToken> {
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

/** The time that a call may take: a token that expires sooner is not sent. */
const MARGIN_MS = 5000;

/** A line feed cannot be in a token, a scope or a registered audience. */
function keyOf(token: string, { audience, scope = '' }: ExchangeTarget): string {
  return `${audience}\n${scope}\n${token}`;
}
