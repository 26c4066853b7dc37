import type { Actor, Clock, VerifiedToken } from '@watchword/auth';
import type { AuthenticatedClient } from '../../clients/authentication/authenticate-client.js';
import type { Client } from '../../clients/client.js';
import { ISSUER_AUDIENCE } from '../../config/index.js';
import type { AccessTokenIssuer } from '../../tokens/access-token-issuer.js';
import type { ActorClaim, Authentication } from '../../tokens/access-token.js';
import type { PresentedAccessTokens } from '../presented-access-tokens.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';
import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import { type TokenResponse, tokenResponse } from '../../tokens/token-response.js';
import type { Grant } from './grant.js';
import { requestedAudience } from './requested-audience.js';
import { grantedScopes } from './requested-scopes.js';

/** RFC 8693 §3. Our access tokens are JWTs, so both type URIs are accepted; the response has this one. */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt';
/** The maximum number of services between a person and the called service. */
const MAX_ACTORS = 3;

/**
 * A service that was called with a token exchanges it for a token for another service (RFC 8693). The new token never has more rights
 * than the old one: it has the same subject and session, no additional scopes or roles, no later expiry, only audiences that the client
 * may call, and the client as actor in `act`.
 */
export class TokenExchangeGrant implements Grant {
  readonly type = 'urn:ietf:params:oauth:grant-type:token-exchange';

  constructor(
    private readonly presentedTokens: PresentedAccessTokens,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly clock: Clock,
  ) {}

  async issue(parameters: FormParameters, { client }: AuthenticatedClient): Promise<TokenResponse> {
    const subject = await this.findSubject(readSubjectToken(parameters));
    assertEntrusted(subject, client);
    // Never for the issuer: otherwise a service could use the endpoints of the issuer for the person.
    const allowed = client.audiences.filter((audience) => audience !== ISSUER_AUDIENCE);
    const inCommon = allowed.filter((audience) => subject.audience.includes(audience));
    const issued = this.accessTokens.issue({
      subject: subject.subject,
      clientId: client.id,
      sessionId: subject.sessionId,
      audience: requestedAudience(parameters, allowed, inCommon),
      scopes: grantedScopes(
        parameters,
        client.scopes.filter((scope) => subject.scopes.has(scope)),
      ),
      roles: client.roles.filter((role) => subject.roles.has(role)),
      actor: actThrough(client, subject),
      expiresAtMost: subject.expiresAt,
      ...authenticationOf(subject),
    });
    const { access_token, ...others } = tokenResponse(issued);
    return { access_token, issued_token_type: ACCESS_TOKEN_TYPE, ...others };
  }

  private async findSubject(token: string): Promise<VerifiedToken & { readonly sessionId: string }> {
    const subject = await this.presentedTokens.findActive(token);
    // Verification has a tolerance, but an expired token must not be exchanged.
    if (subject === undefined || subject.expiresAt * 1000 <= this.clock.now()) {
      throw invalidRequest('The subject token is not valid');
    }
    return subject;
  }
}

/** Refuses unsupported parameters instead of ignoring them (RFC 8693 §2.1). */
function readSubjectToken(parameters: FormParameters): string {
  const subjectToken = parameters.require('subject_token');
  const subjectType = parameters.require('subject_token_type');
  const requestedType = parameters.get('requested_token_type') ?? ACCESS_TOKEN_TYPE;
  if (!isAccessTokenType(subjectType)) throw invalidRequest('The subject_token_type is not supported');
  if (!isAccessTokenType(requestedType)) throw invalidRequest('The requested_token_type is not supported');
  // The actor is the authenticated client.
  if (parameters.get('actor_token') !== undefined || parameters.get('actor_token_type') !== undefined) {
    throw invalidRequest('An actor_token is not supported: the actor is the client');
  }
  return subjectToken;
}

/** A client may only exchange tokens that are for it or were issued to it. Tokens for the issuer cannot be exchanged. */
function assertEntrusted({ audience, clientId }: VerifiedToken, client: Client): void {
  const isForIssuer = audience.includes(ISSUER_AUDIENCE);
  if (isForIssuer || (clientId !== client.id && !audience.includes(client.id))) {
    throw new OAuthError('invalid_request', 'The subject token is not valid', {
      reason: isForIssuer ? 'it is for the issuer' : 'it is neither for this client nor was it issued to it',
    });
  }
}

/** The client as the current actor, followed by the previous actors (RFC 8693 §4.1). */
function actThrough(client: Client, { actor }: VerifiedToken): ActorClaim {
  if (depthOf(actor) >= MAX_ACTORS) throw invalidRequest('The subject token has too many actors');
  return actor === undefined ? { sub: client.id } : { sub: client.id, act: toClaim(actor) };
}

function depthOf(actor: Actor | undefined): number {
  return actor === undefined ? 0 : 1 + depthOf(actor.actor);
}

function toClaim({ subject, actor }: Actor): ActorClaim {
  return actor === undefined ? { sub: subject } : { sub: subject, act: toClaim(actor) };
}

/** The new token keeps how the person was authenticated. */
function authenticationOf({ claims }: VerifiedToken): { readonly authentication?: Authentication } {
  const { auth_time: time, amr: methods } = claims as { auth_time?: number; amr?: readonly string[] };
  return time === undefined || methods === undefined ? {} : { authentication: { time, methods } };
}

function isAccessTokenType(type: string): boolean {
  return type === ACCESS_TOKEN_TYPE || type === JWT_TYPE;
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError('invalid_request', description);
}
