import type { HttpServer } from '@nestjs/common';
import { type Metrics, requestIdFrom, runInRequest } from '@watchword/platform';
import type { Express } from 'express';
import type { RequestListener, Server } from 'node:http';
import { clientAddress, type TrustProxy } from './client-address.js';
import type { OAuthEndpoint } from '../../oauth-protocol/oauth-request.js';
import { answerOAuth, type OnRefused } from './oauth-middleware.js';

/**
 * Serves an endpoint directly on the HTTP server, before Express: routing, security headers and the access log would cost more than
 * issuing the token (ADR 10 in docs/adr). It has the same metrics and request ids as other routes, and refusals are logged.
 */
export function serveAheadOfExpress(
  adapter: HttpServer,
  endpoint: OAuthEndpoint,
  onRefused: OnRefused,
  metrics: Metrics,
): void {
  const server = adapter.getHttpServer() as Server;
  const express = adapter.getInstance() as Express;
  const answer = answerOAuth(endpoint, onRefused);
  const serve = listener(endpoint, answer, metrics, express.get('trust proxy fn') as TrustProxy);
  server.removeListener('request', express);
  server.on('request', (request, response) => {
    if (request.url === endpoint.path) serve(request, response);
    else express(request, response);
  });
}

function listener(
  endpoint: OAuthEndpoint,
  answer: ReturnType<typeof answerOAuth>,
  metrics: Metrics,
  trustProxy: TrustProxy,
): RequestListener {
  return (request, response) => {
    const started = performance.now();
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('X-Request-Id', requestId);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
    response.once('close', () => {
      const { method = '' } = request;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpDuration.observe({ method, route: endpoint.path, status }, (performance.now() - started) / 1000);
    });
    void runInRequest(requestId, () => answer(request, response, clientAddress(request, trustProxy)));
  };
}
