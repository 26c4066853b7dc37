import { Logger, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { AddressInfo, Server } from 'node:net';
import type { AppConfig } from '../config/app-config.js';
import { readEnvironment } from '../config/environment.js';
import { loadConfig } from '../config/load-config.js';
import { StructuredLogger } from '../logging/structured-logger.js';
import { createApp, type App, type TcpAddress } from './create-app.js';
import { reportBootFailure } from './boot-failure.js';
import { exitOnSignals, shutDownOnSignals } from './shutdown.js';

export interface BootstrapOptions<C extends AppConfig> {
  /** The app's name, as in `PlatformModule.forRoot`. */
  readonly name: string;
  /** The root module. It must import `PlatformModule.forRoot({ name, config })` first. */
  readonly module: Type<object>;
  readonly config: Type<C>;
  /** For an app that also handles RPC messages: the address to listen on. */
  readonly tcp?: (config: C) => TcpAddress;
  /** Called before the body parser is added: for middleware that reads the body itself. */
  readonly configure?: (app: NestExpressApplication, config: C) => void;
  /** Adds endpoints that are middleware to the OpenAPI document at `/docs`. Nest does not know them. */
  readonly openApi?: (document: OpenAPIObject) => void;
}

/**
 * Starts an app: configuration, database, HTTP, RPC. Logs `ready` when everything listens.
 * Never rejects: if the app cannot start, one clear message is printed, and the process exits with 1.
 */
export async function bootstrap<C extends AppConfig>(options: BootstrapOptions<C>): Promise<void> {
  try {
    await start(options);
  } catch (error) {
    reportBootFailure(options.name, error);
    process.exit(1);
  }
}

async function start<C extends AppConfig>(options: BootstrapOptions<C>): Promise<void> {
  const { name, module, config, tcp, configure, openApi } = options;
  const settings = loadConfig(name, config, readEnvironment(name));
  const logger = new StructuredLogger({ app: name, level: settings.LOG_LEVEL, format: formatOf(settings) });
  // Node's own message would not be in the format of the log, and not redacted.
  process.on('uncaughtException', (error) => {
    logger.fatal('An unhandled error ends the process', error);
    process.exit(1);
  });
  const bootIsOver = exitOnSignals();
  await logger.duringBoot(async () => {
    const app = await createApp({ module, config: settings, logger, tcp: tcp?.(settings), configure, openApi });
    bootIsOver();
    shutDownOnSignals(app, { delayMs: settings.shutdownDelayMs, timeoutMs: settings.SHUTDOWN_TIMEOUT_MS });
    await app.nest.startAllMicroservices();
    await app.nest.listen(settings.PORT, settings.HOST);
    new Logger('Boot').log('ready', { name, ...addressesOf(app), pid: process.pid });
  });
}

function formatOf({ LOG_FORMAT, NODE_ENV }: AppConfig): 'json' | 'text' {
  if (LOG_FORMAT !== 'auto') return LOG_FORMAT;
  return process.stdout.isTTY && NODE_ENV !== 'production' ? 'text' : 'json';
}

function addressesOf({ nest, tcp }: App): Record<string, string> {
  const http = nest.getHttpServer().address() as AddressInfo;
  const rpc = tcp?.unwrap<Server>().address() as AddressInfo | undefined;
  return {
    url: `http://${hostAndPort(http)}`,
    ...(rpc === undefined ? {} : { tcp: `tcp://${hostAndPort(rpc)}` }),
  };
}

const hostAndPort = ({ address, family, port }: AddressInfo): string =>
  family === 'IPv6' ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
