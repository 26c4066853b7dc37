import { Controller, Module } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { AuthModule, CurrentUser, Public, Roles, Scopes, type VerifiedToken } from '@watchword/auth';
import {
  userClaims,
  createTestIssuer,
  unsigned,
  withBrokenSignature,
  withClaims,
  type TestIssuer,
} from '@watchword/auth/testing';
import { RawTcpPeer } from './support/raw-tcp.js';
import { runApp, type RunningApp } from './support/running-app.js';

const ran: string[] = [];

@Controller()
class StockController {
  @MessagePattern('stock.read')
  read(@Payload() data: unknown, @CurrentUser() user: VerifiedToken): object {
    ran.push('read');
    return { subject: user.subject, data };
  }

  @MessagePattern('stock.open')
  @Public()
  open(): string {
    return 'open';
  }

  @MessagePattern('stock.count')
  @Roles('admin')
  count(): number {
    ran.push('count');
    return 1;
  }

  @MessagePattern('stock.reserve')
  @Scopes('stock:reserve')
  reserve(): void {
    ran.push('reserve');
  }

  @EventPattern('stock.adjust')
  @Scopes('stock:adjust')
  adjust(_data: unknown): void {
    ran.push('adjust');
  }
}

/** Wants the same event, and demands less. */
@Controller()
class AuditController {
  @EventPattern('stock.adjust')
  adjust(_data: unknown): void {
    ran.push('audit');
  }
}

let issuer: TestIssuer;
let running: RunningApp;
let peer: RawTcpPeer;

beforeAll(async () => {
  issuer = await createTestIssuer();
  @Module({
    imports: [AuthModule.forRoot(issuer.trusted('inventory'))],
    controllers: [StockController, AuditController],
  })
  class AppModule {}
  running = await runApp(AppModule);
  peer = await RawTcpPeer.open(running.tcpPort);
});
afterAll(async () => {
  peer.close();
  await running.close();
});
beforeEach(() => ran.splice(0));

let sent = 0;
const call = (pattern: string, metadata?: string): ReturnType<RawTcpPeer['request']> =>
  peer.request(
    `call-${(sent += 1)}`,
    `"pattern":"${pattern}","data":{}${metadata === undefined ? '' : `,"metadata":${metadata}`}`,
  );
const bearer = (token: string): string => JSON.stringify({ authorization: `Bearer ${token}` });
const mint = (user: Parameters<typeof userClaims>[0] = {}): Promise<string> =>
  issuer.mint(userClaims({ audience: 'inventory', ...user }));

const MISSING = { status: 401, code: 'authentication_required', message: 'Authentication is required' };
const MALFORMED = { status: 400, code: 'invalid_request', message: 'The credentials are malformed' };
const INVALID = { status: 401, code: 'invalid_token', message: 'The access token is not valid' };

it('lets a good token in and shows whose it is', async () => {
  const answer = await call('stock.read', bearer(await mint({ subject: 'ada' })));
  expect(answer.response).toEqual({ subject: 'ada', data: {} });
});

it.each([
  ['no metadata', undefined, MISSING],
  ['null for metadata', 'null', MISSING],
  ['empty metadata', '{}', MISSING],
  ['metadata without authorization', '{"x-request-id":"1"}', MISSING],
  ['text for metadata', '"Bearer x"', MALFORMED],
  ['a list for metadata', '["Bearer x"]', MALFORMED],
  ['a number for authorization', '{"authorization":7}', MALFORMED],
  ['a list for authorization', '{"authorization":["Bearer x"]}', MALFORMED],
  ['an object for authorization', '{"authorization":{"toString":"Bearer x"}}', MALFORMED],
  ['another scheme', '{"authorization":"Basic x"}', MISSING],
  ['garbage', '{"authorization":"Bearer garbage"}', INVALID],
])('refuses a message with %s', async (_, metadata, refusal) => {
  const answer = await call('stock.read', metadata);
  expect(answer.err).toEqual(refusal);
  expect(ran).toEqual([]);
});

it('takes credentials from metadata alone, never from the prototype, the payload or the packet', async () => {
  const authorization = `"authorization":"Bearer ${await mint()}"`;
  for (const members of [
    `"metadata":{"__proto__":{${authorization}}}`,
    `"metadata":{"constructor":{"prototype":{${authorization}}}}`,
    `"data":{${authorization}}`,
    authorization,
  ]) {
    const answer = await peer.request(`odd-${members.length}`, `"pattern":"stock.read","data":{},${members}`);
    expect(answer.err).toEqual(MISSING);
  }
  expect(ran).toEqual([]);
  expect((Object.prototype as { authorization?: unknown }).authorization).toBeUndefined();
});

it.each([
  ['a changed payload', (token: string) => withClaims(token, { sub: 'root' })],
  ['a changed signature', withBrokenSignature],
  ['alg none', unsigned],
])('refuses a token with %s', async (_, forge) => {
  expect((await call('stock.read', bearer(forge(await mint())))).err).toEqual(INVALID);
  expect(ran).toEqual([]);
});

it('refuses a token for another service', async () => {
  expect((await call('stock.read', bearer(await mint({ audience: 'orders' })))).err).toEqual(INVALID);
});

it('refuses a caller without the role or the scope, and lets in one who has it', async () => {
  expect((await call('stock.count', bearer(await mint()))).err).toMatchObject({
    status: 403,
    code: 'insufficient_role',
  });
  expect((await call('stock.reserve', bearer(await mint()))).err).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  });
  expect(ran).toEqual([]);
  expect((await call('stock.count', bearer(await mint({ roles: ['admin'] })))).response).toBe(1);
  await call('stock.reserve', bearer(await mint({ scopes: ['stock:reserve'] })));
  expect(ran).toEqual(['count', 'reserve']);
});

it('opens a public message handler to everybody', async () => {
  expect((await call('stock.open')).response).toBe('open');
});

it('does not run the handler of a refused event, and goes on working', async () => {
  const known = bearer(await mint());
  await call('stock.read', known);
  peer.write('{"pattern":"stock.adjust","data":{}}');
  peer.write('{"pattern":"stock.adjust","data":{},"metadata":{"authorization":"Bearer garbage"}}');
  peer.write(`{"pattern":"stock.adjust","data":{},"metadata":${known}}`);
  // Packets of one connection are read in order: when this is answered, the events were decided.
  expect((await call('stock.read', known)).response).toBeDefined();
  // The last of them may not adjust, and may do what every caller may.
  expect(ran).toEqual(['read', 'audit', 'read']);

  peer.write(`{"pattern":"stock.adjust","data":{},"metadata":${bearer(await mint({ scopes: ['stock:adjust'] }))}}`);
  await call('stock.read', bearer(await mint()));
  expect(ran).toContain('adjust');
});
