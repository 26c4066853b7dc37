import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RevocationFollower, type FollowOptions } from '../../src/index.js';
import type { VerifiedToken } from '../../src/verification/index.js';

const ISSUER = 'https://issuer.test';
const END = Math.floor(Date.now() / 1000) + 300;

/** An issuer's event stream, which does what the test says. */
class Stream {
  readonly asked: IncomingMessage[] = [];
  open: ServerResponse | undefined;
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => this.begin(response);
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Stream> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stream = new Stream(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/security-events`);
    server.on('request', (request, response) => {
      stream.asked.push(request);
      stream.open = response;
      stream.answer(response, request);
    });
    return stream;
  }

  begin(response: ServerResponse, epoch = 'e1', seq = 0): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`event: snapshot\ndata: ${JSON.stringify({ issuer: ISSUER, epoch, seq })}\n\n`);
    this.checkpoint(epoch, seq);
  }

  checkpoint(epoch: string, seq: number): void {
    this.open?.write(`id: ${epoch}:${seq}\nevent: checkpoint\ndata: {"seq":${seq}}\n\n`);
  }

  revoke(seq: number, value: string, type = 'session-revoked'): void {
    this.open?.write(`id: e1:${seq}\nevent: ${type}\ndata: ${JSON.stringify({ value, expires_at: END })}\n\n`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

const token = (sessionId: string, issuer = ISSUER): VerifiedToken =>
  ({ issuer, sessionId, tokenId: 't', subject: 's', keyId: 'k' }) as VerifiedToken;

async function expectSoon(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

describe('a follower', () => {
  let first: Stream;
  let second: Stream;
  let follower: RevocationFollower;
  let folder: string;
  const told: string[] = [];
  beforeEach(async () => {
    told.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'watchword-follower-'));
    first = await Stream.start();
    second = await Stream.start();
  });
  afterEach(async () => {
    await follower.stop();
    await first.close();
    await second.close();
    await rm(folder, { recursive: true });
  });

  async function follow(options: Partial<FollowOptions> = {}): Promise<void> {
    follower = new RevocationFollower(ISSUER, {
      urls: [first.url],
      clientId: 'parcels',
      clientSecret: 's:ecret',
      ...options,
    });
    await follower.start({
      onKeysChanged: () => told.push('keys changed'),
      onKeyRevoked: (keyId) => told.push(`${keyId} revoked`),
    });
  }

  it('authenticates as a client (RFC 6749 §2.3.1), and denies what it is told, of that issuer alone', async () => {
    await follow();
    await expectSoon(() => follower.status().age !== undefined);
    expect(first.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('parcels:s%3Aecret').toString('base64')}`);
    first.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
    expect(follower.isRevoked(token('bob'))).toBe(false);
    expect(follower.isRevoked(token('ada', 'https://other.test'))).toBe(false);
  });

  it('tells who listens of each change, and of nothing else', async () => {
    await follow();
    await expectSoon(() => follower.status().age !== undefined);
    const seen: boolean[] = [];
    const stop = follower.onChange(() => seen.push(follower.isRevoked(token('ada'))));
    first.checkpoint('e1', 0);
    first.revoke(1, 'ada');
    await expectSoon(() => seen.length > 0);
    expect(seen).toEqual([true]);
    stop();
    first.revoke(2, 'bob');
    await expectSoon(() => follower.isRevoked(token('bob')));
    expect(seen).toEqual([true]);
  });

  it('tells of keys at once', async () => {
    await follow();
    await expectSoon(() => follower.status().age !== undefined);
    first.revoke(1, '', 'keys-changed');
    first.revoke(2, 'k1', 'key-revoked');
    await expectSoon(() => told.length === 2);
    expect(told).toEqual(['keys changed', 'k1 revoked']);
  });

  it('goes on where it was after a connection that broke off, also in the middle of an event', async () => {
    await follow();
    await expectSoon(() => follower.status().age !== undefined);
    first.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
    first.answer = (response, request) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (request.headers['last-event-id'] === 'e1:1') first.revoke(2, 'bob');
      first.checkpoint('e1', 2);
    };
    first.open?.write('id: e1:2\nevent: session-revoked\ndata: {"value":"bo');
    first.open?.destroy();
    await expectSoon(() => follower.isRevoked(token('bob')));
    expect(follower.isRevoked(token('ada'))).toBe(true);
    expect(follower.isRevoked(token('bo'))).toBe(false);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['is down', (response) => response.destroy()],
    ['answers 401', (response) => response.writeHead(401).end()],
    ['answers 503', (response) => response.writeHead(503).end('{}')],
    ['answers something else', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['sends it elsewhere', (response) => response.writeHead(302, { location: second.url }).end()],
    [
      'is of another issuer',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`event: snapshot\ndata: {"issuer":"https://evil.test","epoch":"e9","seq":0}\n\n`);
      },
    ],
    [
      'leaves events out',
      (response) => {
        first.begin(response);
        first.revoke(7, 'mallory');
      },
    ],
    [
      'never ends an event',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${'x'.repeat(1_100_000)}`);
      },
    ],
  ])('asks the next instance when one %s', async (_, answer) => {
    first.answer = answer;
    await follow({ urls: [first.url, second.url] });
    await expectSoon(() => follower.status().age !== undefined && second.open !== undefined);
    second.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
    expect(follower.isRevoked(token('mallory'))).toBe(false);
    expect(first.asked[0]?.headers.authorization).toBe(second.asked[0]?.headers.authorization);
  });

  it('asks the next instance when one falls silent', async () => {
    first.answer = () => undefined;
    await follow({ urls: [first.url, second.url] });
    await expectSoon(() => second.open !== undefined);
    second.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
  });

  it('also when it falls silent after a while, and memory was collected meanwhile', async () => {
    await follow({ urls: [first.url, second.url] });
    await expectSoon(() => follower.status().age !== undefined);
    // Node's fetch forgets its signal when its request is collected.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 5; round += 1) {
      collect();
      await nextTurn();
    }
    await expectSoon(() => second.open !== undefined);
    second.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
  });

  it('begins anew where the epoch is another one, and denies nothing meanwhile that is not revoked', async () => {
    await follow();
    await expectSoon(() => follower.status().age !== undefined);
    first.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
    first.answer = (response) => {
      first.begin(response, 'e2', 4);
    };
    first.open?.end();
    await expectSoon(() => !follower.isRevoked(token('ada')));
  });

  it('knows after a restart what it knew before, and says that it has not heard the issuer', async () => {
    const snapshotFile = join(folder, 'revocations.json');
    await follow({ snapshotFile });
    await expectSoon(() => follower.status().age !== undefined);
    first.revoke(1, 'ada');
    await expectSoon(() => follower.isRevoked(token('ada')));
    await follower.stop();
    first.answer = (response) => response.destroy();
    await follow({ snapshotFile });
    expect(follower.isRevoked(token('ada'))).toBe(true);
    expect(follower.isRevoked(token('bob'))).toBe(false);
    expect(follower.status()).toMatchObject({ age: undefined, isStale: true, entries: 1 });
  });

  it.each(['', '{', '{"issuer":"https://other.test","list":{}}', '{"issuer":"https://issuer.test","list":7}'])(
    'starts with a file that holds %j',
    async (content) => {
      const snapshotFile = join(folder, 'revocations.json');
      await writeFile(snapshotFile, content);
      await follow({ snapshotFile });
      await expectSoon(() => follower.status().age !== undefined);
      expect(follower.isRevoked(token('ada'))).toBe(false);
    },
  );

  it('refuses while it has heard nothing, where it is told to, with 503 and not 401; else it lets in', async () => {
    first.answer = (response) => response.destroy();
    await follow({ whenStale: 'refuse' });
    expect(() => follower.isRevoked(token('bob'))).toThrow(expect.objectContaining({ code: 'revocations_unknown' }));
    await follower.stop();
    await follow();
    expect(follower.isRevoked(token('bob'))).toBe(false);
  });
});

it.each<[string, Partial<FollowOptions>]>([
  ['no URL', { urls: [] as never }],
  ['a URL of another scheme', { urls: ['file:///etc/passwd'] }],
  ['a URL that is none', { urls: ['auth.example'] }],
  ['no client', { clientId: '' }],
  ['no secret', { clientSecret: '' }],
  ['a limit that is no limit', { staleAfter: Number.NaN }],
])('is not made with %s', (_, options) => {
  const good: FollowOptions = { urls: ['https://auth.example/security-events'], clientId: 'a', clientSecret: 'b' };
  expect(() => new RevocationFollower(ISSUER, { ...good, ...options })).toThrow(TypeError);
});
