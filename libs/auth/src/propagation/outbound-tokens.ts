import type { CallerContext } from './caller-context.js';
import { PropagationError } from './propagation-error.js';
import type { ServiceTokens } from './service-tokens.js';
import type { ExchangeTarget, TokenExchange } from './token-exchange.js';

/** As whom another service is called: the caller of this request, this service itself, or nobody. */
export type OutboundIdentity = 'caller' | 'service' | 'none';

export interface OutboundTokensOptions {
  readonly callers: CallerContext;
  /** Without it, a caller's token that is not for the target goes nowhere. */
  readonly exchange?: TokenExchange | undefined;
  /** Without it, nothing can be called as this service. */
  readonly service?: ServiceTokens | undefined;
}

/** Decides which token may go to which service. */
export class OutboundTokens {
  constructor(private readonly options: OutboundTokensOptions) {}

  /** The token for a call; undefined for nobody's. @throws PropagationError in place or by rejection */
  tokenFor(target: ExchangeTarget, identity: OutboundIdentity): string | undefined | Promise<string> {
    if (identity === 'none') return undefined;
    return identity === 'service' ? this.#serviceToken(target) : this.#callerToken(target);
  }

  /** Told of a 401: a token of this service's own is not used again. */
  onRefused({ audience }: ExchangeTarget, identity: OutboundIdentity, token: string | undefined): void {
    if (identity === 'service' && token !== undefined) this.options.service?.forget(audience, token);
  }

  #callerToken(target: ExchangeTarget): string | Promise<string> {
    const caller = this.options.callers.current();
    if (caller === undefined) {
      throw new PropagationError(
        'caller_missing',
        `${target.audience} was to be called for the caller, but nobody is calling here. Protect the handler, or call ` +
          "it as this service ({ credentials: 'service' }) or as nobody ({ credentials: 'none' }).",
      );
    }
    if (caller.verified.audience.includes(target.audience)) return caller.token;
    if (this.options.exchange !== undefined) return this.options.exchange.tokenFor(caller, target);
    throw new PropagationError(
      'audience_not_granted',
      `The caller's token is not for ${target.audience}, and was not sent. Let the issuer put ${target.audience} into ` +
        '`aud`, or give AuthClientsModule `serviceCredentials`, so that the token is exchanged.',
    );
  }

  #serviceToken({ audience }: ExchangeTarget): string | Promise<string> {
    if (this.options.service !== undefined) return this.options.service.tokenFor(audience);
    throw new PropagationError(
      'service_credentials_missing',
      `${audience} was to be called as this service. Give AuthClientsModule \`serviceCredentials\`.`,
    );
  }
}
