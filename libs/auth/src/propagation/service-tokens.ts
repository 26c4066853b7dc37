import type { GrantedToken, TokenEndpoint } from './token-endpoint.js';

/** Tokens that this service gets for itself (RFC 6749 §4.4), one an audience, kept until shortly before they expire. */
export class ServiceTokens {
  readonly #kept = new Map<string, KeptToken>();
  readonly #fetches = new Map<string, Promise<string>>();

  constructor(private readonly endpoint: TokenEndpoint) {}

  /**
   * In place while a token is fresh. Renewed early and behind the scenes: a call waits only when there is none that is good.
   *
   * @throws PropagationError by rejection
   */
  tokenFor(audience: string): string | Promise<string> {
    const kept = this.#kept.get(audience);
    const now = this.endpoint.clock.now();
    if (kept === undefined || now >= kept.usableUntil) return this.#fetch(audience);
    if (now >= kept.renewAt) this.#renew(audience, kept, now);
    return kept.token;
  }

  /** Drops what is kept for an audience that refused it, so that the next call gets a new one. */
  forget(audience: string, token: string): void {
    if (this.#kept.get(audience)?.token === token) this.#kept.delete(audience);
  }

  /** What fails early is tried again in a while: until it expires the kept token is as good as a new one. */
  #renew(audience: string, kept: KeptToken, now: number): void {
    kept.renewAt = now + RETRY_MS;
    this.#fetch(audience).catch(() => undefined);
  }

  /** One fetch an audience at a time, shared by all who wait. */
  #fetch(audience: string): Promise<string> {
    const running = this.#fetches.get(audience);
    if (running !== undefined) return running;
    const fetched = this.#grant(audience).finally(() => this.#fetches.delete(audience));
    this.#fetches.set(audience, fetched);
    return fetched;
  }

  async #grant(audience: string): Promise<string> {
    const granted = await this.endpoint.grant({ grant_type: 'client_credentials', audience });
    this.#kept.set(audience, keep(granted, this.endpoint.clock.now()));
    return granted.token;
  }
}

const RETRY_MS = 1000;

interface KeptToken {
  readonly token: string;
  renewAt: number;
  readonly usableUntil: number;
}

/** Renewed after three quarters of its life; not used in its last tenth (10 s at most), which a slow hop may eat. */
function keep({ token, expiresAt }: GrantedToken, now: number): KeptToken {
  const life = expiresAt - now;
  return { token, renewAt: now + life * 0.75, usableUntil: expiresAt - Math.min(10_000, life * 0.1) };
}
