import { GrantedTokens } from './granted-tokens.js';
import type { UsableToken } from './granted-tokens.js';
import type { GrantedToken, TokenEndpoint } from './token-endpoint.js';
import type { ExchangeTarget } from './token-exchange.js';

/** Tokens that this service gets for itself (RFC 6749 §4.4), one for an audience and scope, kept until shortly before they expire. */
export class ServiceTokens {
  readonly #tokens: GrantedTokens<RenewedToken>;

  constructor(private readonly endpoint: TokenEndpoint) {
    this.#tokens = new GrantedTokens(endpoint.clock, MAX_ENTRIES);
  }

  /** Whose tokens they are. */
  get issuer(): string {
    return this.endpoint.issuer;
  }

  /**
   * In place while a token is fresh. Renewed early and behind the scenes: a call waits only when there is none that is good.
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

  /** Told that the target refused a token; whether it is worth asking for a new one. */
  forget(target: ExchangeTarget, token: string): boolean {
    return this.#tokens.forget(keyOf(target), token);
  }

  /** What fails early is tried again in a while: until it expires the kept token is as good as a new one. */
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

/** More services than anybody registers. */
const MAX_ENTRIES = 1000;

interface RenewedToken extends UsableToken {
  renewAt: number;
}

/** Renewed after three quarters of its life; not used in its last tenth (10 s at most), which a slow hop may eat. */
function renewed({ token, expiresAt }: GrantedToken, now: number): RenewedToken {
  const life = expiresAt - now;
  return { token, renewAt: now + life * 0.75, usableUntil: expiresAt - Math.min(10_000, life * 0.1) };
}

/** A line feed is in no scope and no registered audience. */
function keyOf({ audience, scope = '' }: ExchangeTarget): string {
  return `${audience}\n${scope}`;
}
