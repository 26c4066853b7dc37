import { Logger } from '@nestjs/common';
import { authorizationHeaders } from '@watchword/auth';
import { nameRoute } from '@watchword/platform';
import type { RequestHandler } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OAuthEndpoint, OAuthRequest } from '../../oauth-protocol/oauth-request.js';
import { OAuthError, toOAuthError } from '../../oauth-protocol/oauth-error.js';
import { readForm } from './read-form.js';

/** RFC 6749 §5.1: what is in an answer is for the client alone. */
const HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

/** What is done with a refusal beside answering it. */
export type OnRefused = (request: OAuthRequest, path: string, refusal: OAuthError) => void;

/** Serves an endpoint on Express, before bodies are parsed. It is mounted at its path: what is below that is no concern of its. */
export function oauthMiddleware(endpoint: OAuthEndpoint, onRefused: OnRefused): RequestHandler {
  const answer = answerOAuth(endpoint, onRefused);
  return (request, response, next) => {
    if (request.path !== '/') return next();
    nameRoute(response, endpoint.path);
    return answer(request, response, request.ip);
  };
}

/** Answers requests to an endpoint. Resolves when the answer was handed over; never rejects. */
export function answerOAuth(
  endpoint: OAuthEndpoint,
  onRefused: OnRefused,
): (request: IncomingMessage, response: ServerResponse, ip: string | undefined) => Promise<void> {
  const logger = new Logger('OAuth');
  return async (request, response, ip) => {
    let asked: OAuthRequest | undefined;
    try {
      assertPost(request);
      const parameters = await readForm(request);
      asked = { parameters, authorization: authorizationHeaders(request), ip };
      send(response, 200, await endpoint.answer(asked));
    } catch (error) {
      const refusal = toOAuthError(error);
      log(logger, endpoint, refusal);
      if (asked !== undefined) onRefused(asked, endpoint.path, refusal);
      send(response, refusal.status, { error: refusal.code, error_description: refusal.message }, refusal.headers);
    }
  };
}

function assertPost({ method }: IncomingMessage): void {
  if (method === 'POST') return;
  throw new OAuthError('invalid_request', 'The method must be POST', { status: 405, headers: { Allow: 'POST' } });
}

function send(
  response: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { ...HEADERS, 'Content-Length': Buffer.byteLength(text), ...headers }).end(text);
}

function log(logger: Logger, { path }: OAuthEndpoint, { code, status, message, reason, cause }: OAuthError): void {
  const entry = { endpoint: path, error: code, status, reason: reason ?? message };
  if (status >= 500) logger.error('Request failed', entry, cause instanceof Error ? cause : new Error(message));
  else logger.warn('Request refused', entry);
}
