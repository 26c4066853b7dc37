import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { AuthModule, Public } from '@watchword/auth';
import { StrictJsonSocket } from '@watchword/auth/microservices';
import { createTestIssuer } from '@watchword/auth/testing';
import { freePort } from './support/free-port.js';
import { RawTcpPeer } from './support/raw-tcp.js';

const ran: unknown[] = [];

@Public()
@Controller()
class EchoController {
  @MessagePattern('echo')
  echo(@Payload() data: unknown): unknown {
    ran.push(data);
    return data;
  }

  @EventPattern('happened')
  happened(@Payload() data: unknown): void {
    ran.push(data);
  }
}

let server: INestMicroservice;
let peer: RawTcpPeer;

beforeAll(async () => {
  const issuer = await createTestIssuer();
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('echo'))], controllers: [EchoController] })
  class AppModule {}
  const port = await freePort();
  server = await NestFactory.createMicroservice(AppModule, {
    logger: false,
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port, socketClass: StrictJsonSocket },
  });
  await server.listen();
  peer = await RawTcpPeer.open(port);
});
afterAll(async () => {
  peer.close();
  await server.close();
});
beforeEach(() => ran.splice(0));

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

it('takes a packet that can be read in one way', async () => {
  const answer = await peer.request('1', '"pattern":"echo","data":{"a\\/b":[1,"\\u00e9"]}');
  expect(answer.response).toEqual({ 'a/b': [1, 'é'] });
});

it.each([
  ['nested 33 deep', `"data":${nested(32)}`, 'nested deeper than 32'],
  ['nested 4,000 deep', `"data":${nested(4000)}`, 'nested deeper than 32'],
  ['with its pattern twice', '"pattern":"happened","data":1', 'duplicate member'],
  ['with its metadata twice, once in disguise', '"metadata":{},"met\\u0061data":{}', 'duplicate member'],
  ['with a member of its data twice', '"data":{"b":1,"\\"":2,"\\u0022":3}', 'duplicate member'],
  ['with a member named __proto__', '"data":{"__proto__":{}}', 'a member named __proto__'],
  ['with a NUL', '"data":"\\u0000"', 'a NUL or a lone surrogate'],
  ['with half of a surrogate pair', '"data":"\\ud800"', 'a NUL or a lone surrogate'],
])('refuses a packet %s, and goes on with the next', async (_, members, reason) => {
  const refused = await peer.request('2', `"pattern":"echo",${members}`);
  const err = { status: 400, code: 'bad_request', message: `The packet cannot be read: ${reason}` };
  expect(refused).toEqual({ id: '2', status: 'error', err });
  // An event has no answer; the message behind it comes after it.
  peer.write(`{"pattern":"happened",${members}}`);
  expect(await peer.request('3', '"pattern":"echo","data":"next"')).toMatchObject({ response: 'next' });
  expect(ran).toEqual(['next']);
});
