import { isDeepStrictEqual } from 'node:util';
import { ServiceTokens, TokenEndpoint, TokenExchange, type ServiceCredentials } from '../../propagation/index.js';
import type { TokenVerifier } from '../../verification/index.js';

/** Where tokens for calls come from, and where they are kept. */
export interface TokenSource {
  readonly exchange: TokenExchange;
  readonly service: ServiceTokens;
}

interface SharedSource extends TokenSource {
  readonly credentials: ServiceCredentials;
}

/** By the application's one verifier. */
const shared = new WeakMap<TokenVerifier, SharedSource[]>();

/**
 * The source of these credentials, one for an application: however often the module is registered, a token is asked for once, and an
 * issuer that fails is left alone by all.
 */
export function tokenSourceOf(verifier: TokenVerifier, credentials: ServiceCredentials): TokenSource {
  const sources = shared.get(verifier) ?? [];
  shared.set(verifier, sources);
  const known = sources.find((source) => isDeepStrictEqual(source.credentials, credentials));
  if (known !== undefined) return known;
  const endpoint = new TokenEndpoint({ ...credentials, issuer: credentials.issuer ?? verifier.ownIssuer });
  const { subjectIssuers } = credentials;
  const made = {
    credentials,
    exchange: new TokenExchange(endpoint, { subjectIssuers }),
    service: new ServiceTokens(endpoint),
  };
  sources.push(made);
  return made;
}
