import type { Caller } from './caller.js';
import type { CallerContext } from './caller-context.js';
import { PropagationError } from './propagation-error.js';
import type { ServiceTokens } from './service-tokens.js';
import type { ExchangeTarget, TokenExchange } from './token-exchange.js';

/**
 * The identity for a call to another service: the caller of this request, with the token that came where it is for the service, else with an
 * exchanged one; the caller with an exchanged token in any case; this service itself; or none.
 */
export type OutboundIdentity = 'caller' | 'exchange' | 'service' | 'none';

/** A service to call. */
export interface OutboundTarget extends ExchangeTarget {
  /** The issuer (`iss`) whose tokens may be sent there. Default: this service's own issuer. */
  readonly issuer?: string | undefined;
}

/** A token that may be sent to a target. */
export interface OutboundToken {
  readonly value: string;
  /** Whether it is the caller's own token, forwarded unchanged. Otherwise this service obtained it, and must replace it if it is refused. */
  readonly isCallers: boolean;
  /** Call it when the target answered 401. Returns whether to try again with another token. */
  forget(): boolean;
}

/** Where {@link OutboundTokens} takes tokens from. */
export interface OutboundTokensOptions {
  readonly callers: CallerContext;
  /** This service's own issuer. Its tokens are sent to targets that do not name another issuer. */
  readonly issuer: string;
  /** Without it, a caller's token that is not for the target is not sent. */
  readonly exchange?: TokenExchange | undefined;
  /** Without it, no service can be called as this service. */
  readonly service?: ServiceTokens | undefined;
}

/**
 * Selects the token for a call to another service.
 *
 * @example
 * ```ts
 * import type { CallerContext } from '@watchword/auth';
 * import { OutboundTokens, ServiceTokens, type TokenEndpoint, TokenExchange } from '@watchword/auth/clients';
 *
 * // What `AuthClientsModule` does, for a client of your own.
 * export async function catalogProducts(callers: CallerContext, endpoint: TokenEndpoint): Promise<Response> {
 *   const tokens = new OutboundTokens({
 *     callers,
 *     issuer: endpoint.issuer,
 *     exchange: new TokenExchange(endpoint),
 *     service: new ServiceTokens(endpoint),
 *   });
 *   const token = await tokens.tokenFor({ audience: 'catalog' }, 'caller');
 *   const headers = token === undefined ? {} : { authorization: `Bearer ${token.value}` };
 *   return fetch('http://catalog:3001/products', { headers });
 * }
 * ```
 */
export class OutboundTokens {
  constructor(private readonly options: OutboundTokensOptions) {}

  /** The token for a call; undefined for the identity `none`. @throws PropagationError synchronously or by rejection */
  tokenFor(target: OutboundTarget, identity: OutboundIdentity): undefined | OutboundToken | Promise<OutboundToken> {
    if (identity === 'none') return undefined;
    return identity === 'service' ? this.#serviceToken(target) : this.#callerToken(target, identity);
  }

  #callerToken(target: OutboundTarget, identity: 'caller' | 'exchange'): OutboundToken | Promise<OutboundToken> {
    const { callers } = this.options;
    const caller = callers.current();
    if (caller === undefined) throw noCaller(target, callers.hasEnded);
    const issuer = this.#issuerOf(target);
    const { verified, token } = caller;
    const isForTarget = verified.issuer === issuer && verified.audience.includes(target.audience);
    if (identity === 'caller' && isForTarget) {
      return { value: token, isCallers: true, forget: () => false };
    }
    const { exchange } = this.options;
    if (exchange?.issuer === issuer) {
      return ours(exchange.tokenFor(caller, target), (value) => exchange.forget(caller, target, value));
    }
    throw isForTarget ? noExchange(target, issuer) : notForTarget(caller, target, issuer);
  }

  #serviceToken(target: OutboundTarget): OutboundToken | Promise<OutboundToken> {
    const { service } = this.options;
    const issuer = this.#issuerOf(target);
    if (service?.issuer === issuer) {
      return ours(service.tokenFor(target), (value) => service.forget(target, value));
    }
    throw new PropagationError(
      'service_credentials_missing',
      `${target.audience} cannot be called as this service without credentials. Give AuthClientsModule \`serviceCredentials\` at ${issuer}.`,
    );
  }

  #issuerOf({ issuer }: OutboundTarget): string {
    return issuer ?? this.options.issuer;
  }
}

/** A token that this service obtained itself. */
function ours(
  token: string | Promise<string>,
  forget: (value: string) => boolean,
): OutboundToken | Promise<OutboundToken> {
  const outbound = (value: string): OutboundToken => ({ value, isCallers: false, forget: () => forget(value) });
  return typeof token === 'string' ? outbound(token) : token.then(outbound);
}

function noCaller({ audience }: OutboundTarget, hasEnded: boolean): PropagationError {
  const fix = hasEnded
    ? 'but the request that started this work has already been answered. Await the call before you answer, ' +
      "or make it as this service ({ credentials: 'service' })."
    : "but there is no caller here. Protect the handler, or call it as this service ({ credentials: 'service' }) or as " +
      "nobody ({ credentials: 'none' }).";
  return new PropagationError('caller_missing', `${audience} is called for the caller, ${fix}`);
}

function noExchange({ audience }: OutboundTarget, issuer: string): PropagationError {
  return new PropagationError(
    'service_credentials_missing',
    `${audience} was to be called with an exchanged token. Give AuthClientsModule \`serviceCredentials\` at ${issuer}.`,
  );
}

function notForTarget({ verified }: Caller, { audience }: OutboundTarget, issuer: string): PropagationError {
  if (verified.issuer === issuer) {
    return new PropagationError(
      'audience_not_granted',
      `The caller's token is not for ${audience}, and was not sent. Configure the issuer to put ${audience} into ` +
        `\`aud\`, or give AuthClientsModule \`serviceCredentials\` at ${issuer}, so that the token is exchanged.`,
    );
  }
  return new PropagationError(
    'issuer_not_for_target',
    `The caller's token is from ${verified.issuer}, and was not sent: ${audience} is called with tokens of ${issuer} only. ` +
      'If the service trusts the other issuer, set that one as the `issuer` of the client.',
  );
}
