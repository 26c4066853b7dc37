import { inspect } from 'node:util';
import { Controller, Get, Module, type LoggerService } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { AuthModule } from '@watchword/auth';
import { userClaims, createTestIssuer, refusedTokens, type TestIssuer } from '@watchword/auth/testing';
import { RawTcpPeer } from './support/raw-tcp.js';
import { runApp, type RunningApp } from './support/running-app.js';

@Controller()
class Doors {
  @Get()
  @MessagePattern('read')
  read(): void {}

  @EventPattern('happened')
  happened(_data: unknown): void {}
}

const lines: string[] = [];
const write = (...line: unknown[]): void => void lines.push(inspect(line, { depth: 10 }));
const logger: LoggerService = { log: write, error: write, warn: write, debug: write, verbose: write, fatal: write };

let issuer: TestIssuer;
let running: RunningApp;
let peer: RawTcpPeer;
beforeAll(async () => {
  issuer = await createTestIssuer();
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('things'))], controllers: [Doors] })
  class AppModule {}
  running = await runApp(AppModule, logger);
  peer = await RawTcpPeer.open(running.tcpPort);
});
afterAll(async () => {
  peer.close();
  await running.close();
});
beforeEach(() => lines.splice(0));

/** All that comes back for these credentials, by HTTP and by message; an event answers nothing. */
async function answersTo(authorization: string, id: string): Promise<string> {
  const response = await fetch(`${running.url}/?access_token=query-secret`, { headers: { authorization } });
  const metadata = `"metadata":${JSON.stringify({ authorization })}`;
  peer.write(`{"pattern":"happened","data":{},${metadata}}`);
  const answer = await peer.request(id, `"pattern":"read","data":{},${metadata}`);
  return inspect([[...response.headers], await response.text(), answer], { depth: 10 });
}

/** Every piece of the credentials that is long enough to be told from a word. */
function pieces(text: string): string[] {
  return text
    .split(/[.\s,]+/)
    .filter((piece) => piece.length >= 12)
    .flatMap((piece) => [piece.slice(0, 12), piece.slice(-12)]);
}

it('say why, and neither they nor the answers hold anything of what was refused', async () => {
  const refused = await refusedTokens(issuer, userClaims({ audience: 'things' }));
  const secret = 'a-password-of-somebody';
  const presented = [
    ...refused.map(({ token }) => `Bearer ${token}`),
    `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`,
    `Bearer ${secret} ${secret}`,
    `Bearer ${secret}`,
    `Bearer ${Buffer.from(`{"alg":"${secret}"}`).toString('base64url')}.e30.AA`,
  ];
  for (const [index, authorization] of presented.entries()) {
    const answers = await answersTo(authorization, `call-${index}`);
    for (const piece of [...pieces(authorization), secret, 'query-secret']) {
      expect(answers).not.toContain(piece);
      expect(lines.join('\n')).not.toContain(piece);
    }
  }
  expect(lines.join('\n')).toMatch(/Doors\.read refused as \w+/);
  expect(lines.join('\n')).toMatch(/Doors\.happened refused as \w+/);
});
