import { authorizationHeaders, type Clock } from '@watchword/auth';
import { nameRoute } from '@watchword/platform';
import type { Request, RequestHandler, Response } from 'express';
import type { AuthenticateClient } from '../../clients/authentication/authenticate-client.js';
import type { ClientRefusals } from '../../clients/authentication/client-refusals.js';
import { FormParameters } from '../../oauth-protocol/form-parameters.js';
import { refuseOAuth } from '../../oauth-protocol/oauth-answer.js';
import { OAuthError, toOAuthError } from '../../oauth-protocol/oauth-error.js';
import type { OAuthRequest } from '../../oauth-protocol/oauth-request.js';
import type { EventFeed } from './event-feed.js';
import { EventStream } from './event-stream.js';

export const EVENT_STREAM_PATH = '/security-events';

/** The scope that a client needs to follow the log. */
export const EVENT_STREAM_SCOPE = 'security-events:read';

export interface EventStreamOptions {
  readonly authenticateClient: AuthenticateClient;
  readonly refusals: ClientRefusals;
  readonly feed: EventFeed;
  readonly issuer: string;
  readonly clock: Clock;
  readonly draining: AbortSignal;
}

/**
 * `GET /security-events`: revocations as Server-Sent Events, for clients with the scope `security-events:read`. Clients authenticate
 * as at `/oauth/introspect`, so that a follower needs no token, which would expire during the connection.
 */
export function serveEventStream(options: EventStreamOptions): RequestHandler {
  return (request, response, next) => {
    if (request.path !== '/') return next();
    nameRoute(response, EVENT_STREAM_PATH);
    const asked = {
      parameters: FormParameters.parse(''),
      authorization: authorizationHeaders(request),
      ip: request.ip,
    };
    return follow(options, asked, request, response).catch((error: unknown) => {
      const refusal = toOAuthError(error);
      void options.refusals.record(asked, EVENT_STREAM_PATH, refusal);
      refuseOAuth(response, EVENT_STREAM_PATH, refusal);
    });
  };
}

async function follow(
  options: EventStreamOptions,
  asked: OAuthRequest,
  request: Request,
  response: Response,
): Promise<void> {
  const { feed, issuer, clock, draining } = options;
  if (request.method !== 'GET') {
    throw new OAuthError('invalid_request', 'The method must be GET', { status: 405, headers: { Allow: 'GET' } });
  }
  const position = await authorizeFollower(options, asked);
  new EventStream(response, feed, issuer, clock, draining).begin(request.get('last-event-id'), position);
}

/** @throws OAuthError by rejection */
async function authorizeFollower({ authenticateClient, feed, draining }: EventStreamOptions, asked: OAuthRequest) {
  const { client } = await authenticateClient.run(asked);
  if (!client.scopes.includes(EVENT_STREAM_SCOPE)) {
    throw new OAuthError('unauthorized_client', `The client is not registered for ${EVENT_STREAM_SCOPE}`, {
      status: 403,
    });
  }
  const { position } = feed;
  if (position === undefined || draining.aborted) {
    throw new OAuthError('temporarily_unavailable', 'Try again, or use another instance', {
      headers: { 'Retry-After': '1' },
    });
  }
  return position;
}
