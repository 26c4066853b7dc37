import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { IssuerPeer, IssuerSettings } from './issuer-settings.js';

const RESPONSE = { access_token: 'x'.repeat(700), token_type: 'Bearer', expires_in: 300, scope: 'inventory:manage' };

@Controller()
class TokenController {
  @Post('oauth/token')
  @HttpCode(200)
  answer(@Body() _body: unknown): typeof RESPONSE {
    return RESPONSE;
  }
}

@Module({ controllers: [TokenController] })
class FloorModule {}

/** What Nest on Express takes to read a form and answer a token response, with no token made. */
export async function startFloor({ port }: IssuerSettings): Promise<IssuerPeer> {
  const app = await NestFactory.create(FloorModule, { logger: false });
  await app.listen(port, '127.0.0.1');
  return {};
}
