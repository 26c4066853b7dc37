import type { AddressInfo } from 'node:net';
import type { DynamicModule, INestApplication, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { freePort } from './free-port.js';

export interface RunningApp {
  readonly app: INestApplication;
  readonly url: string;
  /** Of the TCP microservice. */
  readonly tcpPort: number;
  close(): Promise<void>;
}

/** A hybrid application on free ports of this machine, exactly as an app would start it. */
export async function runApp(module: Type | DynamicModule, logger: LoggerService | false = false): Promise<RunningApp> {
  const app = await NestFactory.create(module, { logger, abortOnError: false });
  const tcpPort = await freePort();
  app.connectMicroservice(
    { transport: Transport.TCP, options: { host: '127.0.0.1', port: tcpPort } },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}`, tcpPort, close: () => app.close() };
}
