import { AuthError, publicError } from '@watchword/auth';
import { Logger, type ExecutionContext, type PreRequestHook } from '@nestjs/common';
import { TcpContext } from '@nestjs/microservices';
import { finalize, Observable, tap } from 'rxjs';
import { problemOf } from '../errors/problem.js';
import { requestIdFrom, runInRequest } from '../logging/request-context.js';
import type { Metrics } from '../metrics/metrics.js';

/**
 * Runs each RPC message with a request id: a well-formed `x-request-id` of the packet's metadata, or a new one. Logs and measures it.
 */
export function rpcScope(metrics: Metrics): PreRequestHook {
  const logger = new Logger('Rpc');
  return (context: ExecutionContext, next) => {
    const rpc: unknown = context.switchToRpc().getContext();
    const tcp = rpc instanceof TcpContext ? rpc : undefined;
    const metadata = tcp?.getMetadata() as Record<string, unknown> | undefined;
    const requestId = requestIdFrom(metadata?.['x-request-id']);
    const pattern = tcp?.getPattern() ?? 'unknown';
    const started = performance.now();
    let status = 'ok';
    return new Observable((subscriber) =>
      runInRequest(requestId, () =>
        next()
          .pipe(
            tap({ error: (error: unknown) => (status = statusOf(error)) }),
            finalize(() => {
              const ms = performance.now() - started;
              metrics.rpcDuration.observe({ pattern, status }, ms / 1000);
              logger.log(`${pattern} ${status}`, { pattern, status, ms: Math.round(ms * 10) / 10 });
            }),
          )
          .subscribe(subscriber),
      ),
    );
  };
}

/** The status that the error filters will give the error; they run outside of this hook. */
function statusOf(error: unknown): string {
  return String(error instanceof AuthError ? publicError(error).status : problemOf(error).status);
}
