import type { OutboundIdentity, OutboundTarget, OutboundToken, OutboundTokens } from '../../propagation/index.js';
import { badGateway, timedOut, withoutToken } from '../errors/downstream-failure.js';
import type { CallTime } from './call-time.js';
import { orAborted } from './or-aborted.js';

/** A call that needs a token. */
export interface TokenCall<T> {
  readonly target: OutboundTarget & { readonly name: string };
  readonly identity: OutboundIdentity;
  readonly time: CallTime;
  /** False for what can be sent only once: a stream. */
  readonly isRepeatable: boolean;
  /** @throws TokenRefused by rejection, where the answer is 401 */
  readonly send: (token: OutboundToken | undefined) => Promise<T>;
}

/** The target answered 401. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** Whether a 401 for this token is the fault of this service, which got it, and not of its caller. */
export function isOurFault(token: OutboundToken | undefined): boolean {
  return token !== undefined && !token.isCallers;
}

/**
 * Sends with the token that is for the target. Where the target refuses one that this service got itself, it is forgotten, and the
 * call sent once more with a new one.
 *
 * @throws DownstreamError 502 when that is refused too, 504 when the time is over, else as {@link withoutToken} and `send` say
 */
export async function withToken<T>(tokens: OutboundTokens, call: TokenCall<T>): Promise<T> {
  const token = await tokenFor(tokens, call);
  try {
    return await call.send(token);
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    const isWorthAnother = token?.forget() === true;
    if (!isWorthAnother || !call.isRepeatable) throw badGateway(call.target.name, error);
  }
  const another = await tokenFor(tokens, call);
  try {
    return await call.send(another);
  } catch (error) {
    throw error instanceof TokenRefused ? badGateway(call.target.name, error) : error;
  }
}

async function tokenFor<T>(
  tokens: OutboundTokens,
  { target, identity, time }: TokenCall<T>,
): Promise<OutboundToken | undefined> {
  try {
    const token = tokens.tokenFor(target, identity);
    return token instanceof Promise ? await orAborted(token, time.signal) : token;
  } catch (error) {
    if (time.isAborted) throw error;
    if (time.isOver) throw timedOut(target.name, new Error('no token from the issuer in time', { cause: error }));
    throw withoutToken(target.name, error);
  }
}
