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

/** The address on which an app listens for RPC messages. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export interface AppOptions<C extends AppConfig> {
  readonly module: Type<object>;
  /** The configuration for the providers of the module. */
  readonly config: C;
  readonly logger: StructuredLogger | false;
  /** For an app that also handles RPC messages. */
  readonly tcp?: TcpAddress | undefined;
  /** Called before the body parser is added: for middleware that reads the body itself. */
  readonly configure?: ((app: NestExpressApplication, config: C) => void) | undefined;
  /** Adds endpoints that are middleware to the OpenAPI document at `/docs`. Nest does not know them. */
  readonly openApi?: ((document: OpenAPIObject) => void) | undefined;
}

/** An app that is created and does not listen yet. */
export interface App {
  readonly nest: NestExpressApplication;
  readonly tcp: DrainingTcpServer | undefined;
  readonly http: { drain(): Promise<void> };
}

/** How long a client may take to send the complete request, and also its header section, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than load balancers keep idle connections (usually 60 s): the side that sends requests should be the one that closes. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Creates the Nest application with everything that all apps have in common. */
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

/** Without `inheritAppConfig`, the global guards would not run for RPC messages: every handler would be public. */
function connectTcp(nest: NestExpressApplication, address: TcpAddress): DrainingTcpServer {
  const strategy = new DrainingTcpServer(address);
  nest.connectMicroservice({ strategy }, { inheritAppConfig: true });
  return strategy;
}
