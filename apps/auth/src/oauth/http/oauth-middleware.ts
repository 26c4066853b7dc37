import { authorizationHeaders } from '@watchword/auth';
import { nameRoute } from '@watchword/platform';
import type { RequestHandler } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OAuthEndpoint, OAuthRequest } from '../../oauth-protocol/oauth-request.js';
import { refuseOAuth, sendOAuth } from '../../oauth-protocol/oauth-answer.js';
import { OAuthError, toOAuthError } from '../../oauth-protocol/oauth-error.js';
import { readForm } from './read-form.js';

/** Called for each refusal, in addition to the response. */
export type OnRefused = (request: OAuthRequest, path: string, refusal: OAuthError) => void;

/** Serves an endpoint on Express, before bodies are parsed. It only handles its own path, not paths below it. */
export function oauthMiddleware(endpoint: OAuthEndpoint, onRefused: OnRefused): RequestHandler {
  const answer = answerOAuth(endpoint, onRefused);
  return (request, response, next) => {
    if (request.path !== '/') return next();
    nameRoute(response, endpoint.path);
    return answer(request, response, request.ip);
  };
}

/** Handles requests to an endpoint. Resolves when the response was passed to Node.js; never rejects. */
export function answerOAuth(
  endpoint: OAuthEndpoint,
  onRefused: OnRefused,
): (request: IncomingMessage, response: ServerResponse, ip: string | undefined) => Promise<void> {
  return async (request, response, ip) => {
    let asked: OAuthRequest | undefined;
    try {
      assertPost(request);
      const parameters = await readForm(request);
      asked = { parameters, authorization: authorizationHeaders(request), ip };
      sendOAuth(response, 200, await endpoint.answer(asked));
    } catch (error) {
      const refusal = toOAuthError(error);
      if (asked !== undefined) onRefused(asked, endpoint.path, refusal);
      refuseOAuth(response, endpoint.path, refusal);
    }
  };
}

function assertPost({ method }: IncomingMessage): void {
  if (method === 'POST') return;
  throw new OAuthError('invalid_request', 'The method must be POST', { status: 405, headers: { Allow: 'POST' } });
}
