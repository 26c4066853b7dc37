import { GrantedTokens, type UsableToken } from './granted-tokens.js';
import type { GrantedToken, TokenEndpoint } from './token-endpoint.js';
import type { ExchangeTarget } from './token-exchange.js';

/**
 * Tokens that this service obtains for itself (RFC 6749 §4.4): one per audience and scope, cached until shortly before it expires.
 *
 * @example
 * ```ts
 * import type { ServiceTokens } from '@watchword/auth/clients';
 *
 * // A call as this service, by a client of your own.
 * export async function catalogAsService(tokens: ServiceTokens): Promise<Response> {
 *   const token = await tokens.tokenFor({ audience: 'catalog' });
 *   return fetch('http://catalog:3001/products', { headers: { authorization: `Bearer ${token}` } });
 * }
 * ```
 */
export class ServiceTokens {
  readonly #tokens: GrantedTokens<RenewedToken>;

  constructor(private readonly endpoint: TokenEndpoint) {
    this.#tokens = new GrantedTokens(endpoint.clock, MAX_ENTRIES);
  }

  /** The issuer of the tokens. */
  get issuer(): string {
    return this.endpoint.issuer;
  }

  /**
   * Returns a cached token directly. Tokens are renewed early and in the background: a call waits only if there is no valid token.
   *
   * @throws PropagationError by rejection
   */
  tokenFor(target: ExchangeTarget): string | Promise<string> {
    const kept = this.#tokens.get(keyOf(target));
    if (kept === undefined) return this.#ask(target);
    const now = this.endpoint.clock.now();
    if (now >= kept.renewAt) this.#renew(target, kept, now);
    return kept.token;
  }

  /** Call it when the target refused a token. Returns whether to request a new one. */
  forget(target: ExchangeTarget, token: string): boolean {
    return this.#tokens.forget(keyOf(target), token);
  }

  /** A failed renewal is repeated later: the cached token stays in use until it expires. */
  #renew(target: ExchangeTarget, kept: RenewedToken, now: number): void {
    kept.renewAt = now + RETRY_MS;
    this.#ask(target).catch(() => undefined);
  }

  #ask(target: ExchangeTarget): Promise<string> {
    return this.#tokens.ask(keyOf(target), () => this.#grant(target));
  }

  async #grant({ audience, scope }: ExchangeTarget): Promise<RenewedToken> {
    const granted = await this.endpoint.grant({
      grant_type: 'client_credentials',
      audience,
      ...(scope === undefined ? {} : { scope }),
    });
    return renewed(granted, this.endpoint.clock.now());
  }
}

const RETRY_MS = 1000;

/** More than the number of services that an application registers. */
const MAX_ENTRIES = 1000;

interface RenewedToken extends UsableToken {
  renewAt: number;
}

/** Renewed after three quarters of its lifetime. Not used in its last tenth (at most 10 s), because a slow call could take as long. */
function renewed({ token, expiresAt }: GrantedToken, now: number): RenewedToken {
  const life = expiresAt - now;
  return { token, renewAt: now + life * 0.75, usableUntil: expiresAt - Math.min(10_000, life * 0.1) };
}

/** A line feed cannot be in a scope or a registered audience. */
function keyOf({ audience, scope = '' }: ExchangeTarget): string {
  return `${audience}\n${scope}`;
}
