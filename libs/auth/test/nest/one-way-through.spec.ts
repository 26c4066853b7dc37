import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { AuthGuard } from '@nestjs/passport';
import { AuthModule, Public, Scopes, type VerifiedToken } from '@watchword/auth';
import { JwtStrategy } from '@watchword/auth/passport';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { RawTcpPeer } from './support/raw-tcp.js';
import { runApp, type RunningApp } from './support/running-app.js';

/** Guard, passport strategy and messages: three doors, one verifier. */
@Controller()
class Doors {
  @Get('guarded')
  @MessagePattern('guarded')
  @Scopes('read')
  guarded(): string {
    ran.push('guarded');
    return 'in';
  }

  @Get('passport')
  @Public()
  @UseGuards(AuthGuard('jwt'))
  passport(): string {
    ran.push('passport');
    return 'in';
  }
}

const ran: string[] = [];
const asked: VerifiedToken[] = [];
let isRevoked = false;
let issuer: TestIssuer;
let running: RunningApp;
let peer: RawTcpPeer;

beforeAll(async () => {
  issuer = await createTestIssuer();
  const revocations = { isRevoked: (token: VerifiedToken) => asked.push(token) > 0 && isRevoked };
  @Module({
    imports: [AuthModule.forRoot({ ...issuer.trusted('things'), revocations })],
    controllers: [Doors],
    providers: [JwtStrategy],
  })
  class AppModule {}
  running = await runApp(AppModule);
  peer = await RawTcpPeer.open(running.tcpPort);
});
afterAll(async () => {
  peer.close();
  await running.close();
});
beforeEach(() => {
  ran.splice(0);
  asked.splice(0);
});

const mint = (...scopes: string[]): Promise<string> => issuer.mint(userClaims({ audience: 'things', scopes }));

/** The status at each door. */
async function knock(token: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const { status: guard } = await fetch(`${running.url}/guarded`, { headers });
  const { status: passport } = await fetch(`${running.url}/passport`, { headers });
  const { err } = await peer.request(token, `"pattern":"guarded","data":{},"metadata":${JSON.stringify(headers)}`);
  return [guard, passport, (err as { status?: number } | undefined)?.status ?? 200];
}

it('verifies a token once for all of them, and asks at each whether it was revoked', async () => {
  const token = await mint('read');
  expect(await knock(token)).toEqual([200, 200, 200]);
  expect(asked).toHaveLength(3);
  expect(asked[1]).toBe(asked[0]);
  expect(asked[2]).toBe(asked[0]);
  expect(ran).toEqual(['guarded', 'passport', 'guarded']);

  isRevoked = true;
  expect(await knock(token)).toEqual([401, 401, 401]);
  isRevoked = false;
  expect(await knock(token)).toEqual([200, 200, 200]);
  expect(ran).toHaveLength(6);
});

it('holds a handler of two transports to what it demands on both', async () => {
  expect(await knock(await mint('write'))).toEqual([403, 200, 403]);
  expect(ran).toEqual(['passport']);
});
