import { Logger } from '@nestjs/common';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './create-app.js';
import { Lifecycle } from '../health/lifecycle.js';

/**
 * Exits on SIGTERM and SIGINT, until the returned function is called. As process 1 of a container, the app would otherwise ignore
 * these signals while it starts (signal(7): no default action for PID 1), for example while it waits for a database.
 */
export function exitOnSignals(): () => void {
  const exit = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);
  process.on('SIGTERM', exit);
  process.on('SIGINT', exit);
  return () => {
    process.off('SIGTERM', exit);
    process.off('SIGINT', exit);
  };
}

export interface ShutdownOptions {
  /** Milliseconds in which the app still accepts requests but is not ready, so that load balancers stop sending new ones. */
  readonly delayMs: number;
  /** Milliseconds after which unfinished requests are aborted. */
  readonly timeoutMs: number;
}

/**
 * Shuts the app down on SIGTERM and SIGINT. First it is no longer ready. After the delay it accepts no new requests, answers the
 * running ones over HTTP and TCP, and closes everything. Exits with 0, or with 1 if closing failed. A second signal exits at once.
 */
export function shutDownOnSignals(app: App, options: ShutdownOptions): void {
  const logger = new Logger('Shutdown');
  let begun = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (begun) process.exit(1);
    begun = true;
    logger.log('draining', { signal });
    shutDown(app, options, logger).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('The shutdown failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function shutDown(
  { nest, http, tcp }: App,
  { delayMs, timeoutMs }: ShutdownOptions,
  logger: Logger,
): Promise<void> {
  nest.get(Lifecycle).beginDrain();
  if (delayMs > 0) await sleep(delayMs);
  const drained = Promise.all([http.drain(), tcp?.drain()]).then(() => true);
  const inTime = await Promise.race([drained, sleep(timeoutMs, false, { ref: false })]);
  if (!inTime) {
    logger.warn('Unfinished requests are aborted', { timeoutMs });
    nest.getHttpServer().closeAllConnections();
  }
  await nest.close();
  logger.log('stopped');
}
