import 'reflect-metadata';
import { Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../process/answer-parent.js';
import { authentications } from './authentications.js';
import { PreparedExpressAdapter } from '../../../libs/platform/src/http/prepared-express-adapter.js';
import { OrderController } from './order.controller.js';
import type { Authentication, ServiceStart } from './settings.js';
import { freePort } from './free-port.js';

export interface ServicePorts {
  readonly http: number;
  readonly tcp: number;
}

@Module({})
class BenchModule {
  static with({ imports = [], providers = [] }: Authentication): DynamicModule {
    return { module: BenchModule, imports: [...imports], providers: [...providers], controllers: [OrderController] };
  }
}

/** A Nest app on Express with Nest's defaults and one way of authentication, over HTTP and TCP. */
async function start({ settings, isPrepared }: ServiceStart): Promise<ServicePorts> {
  const name = process.argv[2] ?? '';
  const authentication = (await authentications[name]?.())?.(settings);
  if (!authentication) throw new Error(`No such authentication: ${name}`);
  const adapter = isPrepared ? new PreparedExpressAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(BenchModule.with(authentication), adapter, {
    logger: false,
    abortOnError: false,
  });
  authentication.configure?.(app);
  const tcp = await freePort();
  app.connectMicroservice(
    { transport: Transport.TCP, options: { host: '127.0.0.1', port: tcp } },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return { http: httpPort(app), tcp };
}

function httpPort(app: INestApplication): number {
  const server = app.getHttpServer() as { address(): AddressInfo };
  return server.address().port;
}

answerParent({ start });
