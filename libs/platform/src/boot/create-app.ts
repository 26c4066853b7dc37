import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AppConfig } from '../config/app-config.js';
import type { OpenAPIObject } from '@nestjs/swagger';
import { withConfig } from '../config/boot-config.js';
import { accessLog } from '../http/access-log.middleware.js';
import { bodyErrors } from '../http/body-errors.middleware.js';
import { drainable } from '../http/drain-http-server.js';
import { JSON_BODY, jsonBody } from '../http/json-body.middleware.js';
import { serveOpenApi } from '../http/open-api.js';
import { PreparedExpressAdapter } from '../http/prepared-express-adapter.js';
import { refuseNul } from '../http/refuse-nul.middleware.js';
import { requestScope } from '../http/request-scope.middleware.js';
import { secureHeaders } from '../http/secure-headers.js';
import { markUnreadBody } from '../http/unread-body.js';
import { StructuredLogger } from '../logging/structured-logger.js';
import { Metrics } from '../metrics/metrics.js';
import { DrainingTcpServer } from '../rpc/draining-tcp-server.js';
import { APP_NAME } from '../config/app-name.js';

/** Where an app listens for RPC. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export interface AppOptions<C extends AppConfig> {
  readonly module: Type<object>;
  /** What the module's providers get as their configuration. */
  readonly config: C;
  readonly logger: StructuredLogger | false;
  /** For an app that also answers RPC messages. */
  readonly tcp?: TcpAddress | undefined;
  /** Called before the body is parsed: for middleware that reads the body itself. */
  readonly configure?: ((app: NestExpressApplication, config: C) => void) | undefined;
  /** Adds to the description at `/docs` what Nest does not know of: endpoints that are middleware. */
  readonly openApi?: ((document: OpenAPIObject) => void) | undefined;
}

/** An app that is wired and does not listen yet. */
export interface App {
  readonly nest: NestExpressApplication;
  readonly tcp: DrainingTcpServer | undefined;
  readonly http: { drain(): Promise<void> };
}

/** Longest time that a client may take to send a whole request, and its head, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than load balancers keep idle connections (60 s, as a rule): the side that sends must be the one that closes. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Makes the Nest application with everything that is the same for all apps. */
export async function createApp<C extends AppConfig>(options: AppOptions<C>): Promise<App> {
  const { module, config, logger, configure } = options;
  const nest = await withConfig(config, () =>
    NestFactory.create<NestExpressApplication>(module, new PreparedExpressAdapter(), {
      logger,
      bodyParser: false,
      abortOnError: false,
    }),
  );
  nest.set('etag', false);
  nest.disable('x-powered-by');
  nest.set('trust proxy', config.trustedProxies.length > 0 ? config.trustedProxies : false);
  nest.use(requestScope(), accessLog(nest.get(Metrics)), secureHeaders(), refuseNul());
  configure?.(nest, config);
  nest.useBodyParser('raw', { type: JSON_BODY, limit: config.BODY_LIMIT_BYTES });
  nest.use(bodyErrors(), jsonBody(), markUnreadBody());
  const tcp = options.tcp && connectTcp(nest, options.tcp);
  serveOpenApi(nest, nest.get<string>(APP_NAME), options.openApi);
  const server = nest.getHttpServer();
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  return { nest, tcp, http: drainable(server) };
}

/** Without `inheritAppConfig` the global guards would not see RPC messages: every handler would be open. */
function connectTcp(nest: NestExpressApplication, address: TcpAddress): DrainingTcpServer {
  const strategy = new DrainingTcpServer(address);
  nest.connectMicroservice({ strategy }, { inheritAppConfig: true });
  return strategy;
}
