import { Logger } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { currentRequestId, runInRequest } from '../logging/request-context.js';
import type { Metrics } from '../metrics/metrics.js';
import { routeOf } from './route-name.js';

/** Requested by machines so often that they are not logged. */
const QUIET_PATHS = new Set(['/health/live', '/health/ready', '/metrics']);

/** Logs each request after its response, without query and headers, and measures it. */
export function accessLog(metrics: Metrics): RequestHandler {
  const logger = new Logger('Http');
  return (request: Request, response: Response, next: NextFunction) => {
    const started = performance.now();
    const requestId = currentRequestId() ?? '';
    const { method, path } = request;
    response.once('close', () => {
      const ms = performance.now() - started;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpDuration.observe({ method, route: routeOf(request, response), status }, ms / 1000);
      if (QUIET_PATHS.has(path)) return;
      runInRequest(requestId, () =>
        logger.log('request', { method, path, status, ms: Math.round(ms * 10) / 10, ip: request.ip }),
      );
    });
    next();
  };
}
