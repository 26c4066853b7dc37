import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { createApp } from '../boot/create-app.js';
import type { AppConfig } from '../config/app-config.js';
import { loadConfig } from '../config/load-config.js';

export interface TestAppOptions<C extends AppConfig> {
  readonly name: string;
  readonly module: Type<object>;
  readonly config: Type<C>;
  /** More variables for the app. The environment of the process is not read. `PORT` is a free port unless it is given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it also handles RPC messages, on a free port. */
  readonly tcp?: boolean;
}

export interface TestApp {
  /** Its base URL. */
  readonly url: string;
  /** Its TCP port, if it handles RPC messages. */
  readonly tcpPort: number | undefined;
  /** A provider of the app. */
  get<T>(token: Type<T> | symbol | string): T;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a complete app, as `bootstrap` does, in the test process: on free ports, with its own embedded database. */
export async function startTestApp<C extends AppConfig>(options: TestAppOptions<C>): Promise<TestApp> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-app-'));
  const environment = { PORT: '0', HOST, DATA_DIR: directory, NODE_ENV: 'test', ...options.environment };
  const config = loadConfig(options.name, options.config, environment);
  const { nest, tcp } = await createApp({
    module: options.module,
    config,
    logger: false,
    tcp: options.tcp === true ? { host: HOST, port: 0 } : undefined,
  });
  await nest.startAllMicroservices();
  await nest.listen(config.PORT, HOST);
  return {
    url: `http://${HOST}:${String(portOf(nest.getHttpServer()))}`,
    tcpPort: tcp && portOf(tcp.unwrap<Server>()),
    get: (token) => nest.get(token, { strict: false }),
    close: async () => {
      // A test may have left an incomplete request, for which the server would wait.
      nest.getHttpServer().closeAllConnections();
      await nest.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
