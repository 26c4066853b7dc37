import { Controller, Get, type INestApplication, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Request } from 'express';
import { IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PreparedExpressAdapter } from './prepared-express-adapter.js';

@Controller()
class EchoController {
  @Get('echo')
  echo(@Req() request: Request) {
    const { secure, hostname, query } = request;
    return { secure, hostname, query, header: request.get('X-Probe') };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const QUIET = { logger: false, abortOnError: false } as const;

describe('PreparedExpressAdapter', () => {
  let app: INestApplication<Server>;
  afterEach(() => app?.close());

  /** Whether a request and its response had other prototypes after Express than before. */
  async function areChanged(adapter: ExpressAdapter): Promise<boolean[]> {
    app = await NestFactory.create(EchoModule, adapter, QUIET);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const before: object[] = [];
    const after: object[] = [];
    app.getHttpServer().prependListener('request', (request, response) => {
      before.push(Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object);
      response.once('finish', () => {
        after.push(Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object);
        expect(request).toBeInstanceOf(IncomingMessage);
      });
    });
    const answer = await fetch(`http://127.0.0.1:${port}/echo?a=1`, { headers: { 'X-Probe': 'probe' } });
    expect(await answer.json()).toEqual({ secure: false, hostname: '127.0.0.1', query: { a: '1' }, header: 'probe' });
    return before.map((prototype, index) => prototype !== after[index]);
  }

  it("leaves Express nothing to change, where Nest's own adapter does", async () => {
    expect(await areChanged(new ExpressAdapter())).toEqual([true, true]);
    await app.close();
    expect(await areChanged(new PreparedExpressAdapter())).toEqual([false, false]);
  });

  it('leaves a mounted application to Express, and the requests that it lets through', async () => {
    app = await NestFactory.create(EchoModule, new PreparedExpressAdapter(), QUIET);
    const mounted = new ExpressAdapter().getInstance<Express>();
    mounted.get('/own', (request, response) => void response.json({ isItsOwn: request.app === mounted }));
    app.use('/', mounted);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/own`)).json()).toEqual({ isItsOwn: true });
    expect(await (await fetch(`http://127.0.0.1:${port}/echo`)).json()).toMatchObject({ hostname: '127.0.0.1' });
  });

  it.each([{ httpsOptions: {} }, { forceCloseConnections: true }, { return503OnClosing: true }])(
    'refuses %p',
    async (options) => {
      const create = NestFactory.create(EchoModule, new PreparedExpressAdapter(), { ...QUIET, ...options });
      await expect(create).rejects.toThrow(TypeError);
    },
  );
});
