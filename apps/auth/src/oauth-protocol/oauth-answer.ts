import { Logger } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { OAuthError } from './oauth-error.js';

/** RFC 6749 §5.1: responses must not be cached. */
const HEADERS = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

const logger = new Logger('OAuth');

/** Sends a response with JSON, or with an empty body. */
export function sendOAuth(
  response: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { ...HEADERS, 'Content-Length': Buffer.byteLength(text), ...headers }).end(text);
}

/**
 * Sends an error response (RFC 6749 §5.2), and logs the reason.
 *
 * @param path the path of the endpoint
 */
export function refuseOAuth(response: ServerResponse, path: string, refusal: OAuthError): void {
  const { code, status, message, reason, cause, headers } = refusal;
  const entry = { endpoint: path, error: code, status, reason: reason ?? message };
  if (status >= 500) logger.error('Request failed', entry, cause instanceof Error ? cause : new Error(message));
  else logger.warn('Request refused', entry);
  sendOAuth(response, status, { error: code, error_description: message }, headers);
}
