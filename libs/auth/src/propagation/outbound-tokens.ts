import type { Caller, CallerContext } from './caller-context.js';
import { PropagationError } from './propagation-error.js';
import type { ServiceTokens } from './service-tokens.js';
import type { ExchangeTarget, TokenExchange } from './token-exchange.js';

/** As whom another service is called: the caller of this request, this service itself, or nobody. */
export type OutboundIdentity = 'caller' | 'service' | 'none';

/** A service that is called. */
export interface OutboundTarget extends ExchangeTarget {
  /** The issuer whose tokens may go there, as in `iss`. Default: this service's own. */
  readonly issuer?: string | undefined;
}

/** A token that may go to a target. */
export interface OutboundToken {
  readonly value: string;
  /** The caller's own token, carried on as it came. Any other one this service got itself: that it is good, is this service's matter. */
  readonly isCallers: boolean;
  /** Told that the target answered 401: whether it is worth asking for another token. */
  forget(): boolean;
}

export interface OutboundTokensOptions {
  readonly callers: CallerContext;
  /** This service's own issuer: the one whose tokens go to targets that name no other. */
  readonly issuer: string;
  /** Without it, a caller's token that is not for the target goes nowhere. */
  readonly exchange?: TokenExchange | undefined;
  /** Without it, nothing can be called as this service. */
  readonly service?: ServiceTokens | undefined;
}

/** Decides which token may go to which service. */
export class OutboundTokens {
  constructor(private readonly options: OutboundTokensOptions) {}

  /** The token for a call; undefined for nobody's. @throws PropagationError in place or by rejection */
  tokenFor(target: OutboundTarget, identity: OutboundIdentity): undefined | OutboundToken | Promise<OutboundToken> {
    if (identity === 'none') return undefined;
    return identity === 'service' ? this.#serviceToken(target) : this.#callerToken(target);
  }

  #callerToken(target: OutboundTarget): OutboundToken | Promise<OutboundToken> {
    const { callers } = this.options;
    const caller = callers.current();
    if (caller === undefined) throw noCaller(target, callers.hasEnded);
    const issuer = this.#issuerOf(target);
    const { verified, token } = caller;
    if (verified.issuer === issuer && verified.audience.includes(target.audience)) {
      return { value: token, isCallers: true, forget: () => false };
    }
    const { exchange } = this.options;
    if (exchange?.issuer === issuer) {
      return ours(exchange.tokenFor(caller, target), (value) => exchange.forget(caller, target, value));
    }
    throw notForTarget(caller, target, issuer);
  }

  #serviceToken(target: OutboundTarget): OutboundToken | Promise<OutboundToken> {
    const { service } = this.options;
    const issuer = this.#issuerOf(target);
    if (service?.issuer === issuer) {
      return ours(service.tokenFor(target), (value) => service.forget(target, value));
    }
    throw new PropagationError(
      'service_credentials_missing',
      `${target.audience} was to be called as this service. Give AuthClientsModule \`serviceCredentials\` at ${issuer}.`,
    );
  }

  #issuerOf({ issuer }: OutboundTarget): string {
    return issuer ?? this.options.issuer;
  }
}

/** A token that this service got itself. */
function ours(
  token: string | Promise<string>,
  forget: (value: string) => boolean,
): OutboundToken | Promise<OutboundToken> {
  const outbound = (value: string): OutboundToken => ({ value, isCallers: false, forget: () => forget(value) });
  return typeof token === 'string' ? outbound(token) : token.then(outbound);
}

function noCaller({ audience }: OutboundTarget, hasEnded: boolean): PropagationError {
  const mend = hasEnded
    ? 'but the request that began this work has been answered, and its caller is gone. Await the call before you answer, ' +
      "or make it as this service ({ credentials: 'service' })."
    : "but nobody is calling here. Protect the handler, or call it as this service ({ credentials: 'service' }) or as " +
      "nobody ({ credentials: 'none' }).";
  return new PropagationError('caller_missing', `${audience} was to be called for the caller, ${mend}`);
}

function notForTarget({ verified }: Caller, { audience }: OutboundTarget, issuer: string): PropagationError {
  if (verified.issuer === issuer) {
    return new PropagationError(
      'audience_not_granted',
      `The caller's token is not for ${audience}, and was not sent. Let the issuer put ${audience} into ` +
        `\`aud\`, or give AuthClientsModule \`serviceCredentials\` at ${issuer}, so that the token is exchanged.`,
    );
  }
  return new PropagationError(
    'issuer_not_for_target',
    `The caller's token is of ${verified.issuer}, and was not sent: ${audience} is called with tokens of ${issuer} alone. ` +
      'If the service trusts the other issuer, name that one as the `issuer` of the client.',
  );
}
