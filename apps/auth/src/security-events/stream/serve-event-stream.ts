import { authorizationHeaders, type Clock } from '@watchword/auth';
import { nameRoute } from '@watchword/platform';
import type { Request, RequestHandler, Response } from 'express';
import type { AuthenticateClient } from '../../clients/authentication/authenticate-client.js';
import { FormParameters } from '../../oauth-protocol/form-parameters.js';
import { OAuthError, toOAuthError } from '../../oauth-protocol/oauth-error.js';
import type { EventFeed } from './event-feed.js';
import { EventStream } from './event-stream.js';

export const EVENT_STREAM_PATH = '/security-events';

/** What a client must be registered for to follow the log. */
export const EVENT_STREAM_SCOPE = 'security-events:read';

export interface EventStreamOptions {
  readonly authenticateClient: AuthenticateClient;
  readonly feed: EventFeed;
  readonly issuer: string;
  readonly clock: Clock;
  readonly draining: AbortSignal;
}

/**
 * `GET /security-events`: what was revoked, as Server-Sent Events, for clients with the scope `security-events:read`. They
 * authenticate as at `/oauth/introspect`: a follower needs no token that could end while it follows.
 */
export function serveEventStream(options: EventStreamOptions): RequestHandler {
  return (request, response, next) => {
    if (request.path !== '/') return next();
    nameRoute(response, EVENT_STREAM_PATH);
    return follow(options, request, response).catch((error: unknown) => {
      const { status, code, message, headers } = toOAuthError(error);
      response.status(status).set(headers).set('Cache-Control', 'no-store');
      response.json({ error: code, error_description: message });
    });
  };
}

async function follow(options: EventStreamOptions, request: Request, response: Response): Promise<void> {
  const { feed, issuer, clock, draining } = options;
  const position = await admit(options, request);
  new EventStream(response, feed, issuer, clock, draining).begin(request.get('last-event-id'), position);
}

/** @throws OAuthError by rejection */
async function admit({ authenticateClient, feed, draining }: EventStreamOptions, request: Request) {
  if (request.method !== 'GET') {
    throw new OAuthError('invalid_request', 'The method must be GET', { status: 405, headers: { Allow: 'GET' } });
  }
  const authorization = authorizationHeaders(request);
  const { client } = await authenticateClient.run({
    parameters: FormParameters.parse(''),
    authorization,
    ip: request.ip,
  });
  if (!client.scopes.includes(EVENT_STREAM_SCOPE)) {
    throw new OAuthError('unauthorized_client', `The client is not registered for ${EVENT_STREAM_SCOPE}`, {
      status: 403,
    });
  }
  const { position } = feed;
  if (position === undefined || draining.aborted) {
    throw new OAuthError('temporarily_unavailable', 'Ask again, or another instance', {
      headers: { 'Retry-After': '1' },
    });
  }
  return position;
}
