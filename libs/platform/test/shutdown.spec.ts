import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { bundle, type Bundle } from './fixtures/bundle.js';
import { RunningProcess } from './fixtures/running-process.js';

describe('a process that is told to stop', () => {
  let app: Bundle;
  let running: RunningProcess;
  let url: string;
  let tcpPort: number;

  beforeAll(async () => {
    app = await bundle('slow-app.ts');
  }, 60_000);

  afterAll(() => app.remove());

  const start = async (env: Record<string, string> = {}) => {
    running = RunningProcess.start(app.file, { SHUTDOWN_TIMEOUT_MS: '20000', ...env });
    ({ url, tcpPort } = await running.ready());
  };

  beforeEach(() => start(), 30_000);

  afterEach(() => running.end());

  const holding = (name: string) => running.line((line) => line['msg'] === 'holding' && line['name'] === name);
  const draining = () => running.line(({ msg }) => msg === 'draining');

  it('answers an HTTP request in flight, then exits with 0', async () => {
    const response = answer(`${url}/hold?name=a`);
    await holding('a');
    running.signal('SIGTERM');
    await draining();
    running.signal('SIGUSR2');
    expect(await response).toEqual({ status: 200, connection: 'close', body: '{"done":"a"}' });
    expect(await running.exit()).toBe(0);
  }, 30_000);

  it('refuses new connections while it answers what is in flight', async () => {
    const response = answer(`${url}/hold?name=a`);
    await holding('a');
    running.signal('SIGTERM');
    await draining();
    expect(await endOf(Number(new URL(url).port))).toBe('ECONNREFUSED');
    expect(await endOf(tcpPort)).toBe('ECONNREFUSED');
    running.signal('SIGUSR2');
    await response;
    expect(await running.exit()).toBe(0);
  }, 30_000);

  it('goes on for a while after it is not ready, so that load balancers learn of it in time', async () => {
    await running.end();
    await start({ SHUTDOWN_DELAY_MS: '3000' });
    running.signal('SIGTERM');
    await draining();
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    (await connected(tcpPort)).destroy();
    expect(await running.exit()).toBe(0);
  }, 30_000);

  it('tells clients for how long it keeps an idle connection: longer than load balancers do', async () => {
    const agent = new Agent({ keepAlive: true });
    const response = await head(`${url}/health/live`, agent);
    expect(Number(/timeout=(\d+)/.exec(String(response.headers['keep-alive']))?.[1])).toBeGreaterThan(60);
    response.resume();
    agent.destroy();
  }, 30_000);

  it('does not wait for an idle keep-alive connection', async () => {
    const agent = new Agent({ keepAlive: true });
    expect((await answer(`${url}/health/live`, agent)).connection).toBe('keep-alive');
    running.signal('SIGTERM');
    expect(await running.exit()).toBe(0);
    agent.destroy();
  }, 30_000);

  it('closes a keep-alive connection whose response was begun before', async () => {
    const agent = new Agent({ keepAlive: true });
    const response = await head(`${url}/stream`, agent);
    running.signal('SIGTERM');
    expect(await text(response)).toBe('data: begun\n\ndata: bye\n\n');
    expect(await running.exit()).toBe(0);
    agent.destroy();
  }, 30_000);

  it('answers an RPC message in flight, and every one that came before it on the connection', async () => {
    const peer = await Peer.connect(tcpPort);
    peer.send({ id: '1', pattern: 'hold', data: { name: 'a' } });
    peer.send({ id: '2', pattern: 'hold', data: { name: 'b' } });
    await Promise.all([holding('a'), holding('b')]);
    running.signal('SIGTERM');
    await draining();
    running.signal('SIGUSR2');
    await peer.closed;
    expect(peer.received).toEqual([
      { id: '1', response: { done: 'a' }, isDisposed: true },
      { id: '2', response: { done: 'b' }, isDisposed: true },
    ]);
    expect(await running.exit()).toBe(0);
  }, 30_000);

  it('finishes an event in flight', async () => {
    const peer = await Peer.connect(tcpPort);
    peer.send({ pattern: 'held', data: { name: 'e' } });
    await holding('e');
    running.signal('SIGTERM');
    await draining();
    running.signal('SIGUSR2');
    expect(await running.exit()).toBe(0);
    expect(running.lines.map(({ msg }) => msg)).toContain('event done');
  }, 30_000);

  it('does not wait for an idle RPC connection', async () => {
    const peer = await Peer.connect(tcpPort);
    running.signal('SIGTERM');
    await peer.closed;
    expect(await running.exit()).toBe(0);
  }, 30_000);

  it('cuts off what is not answered within SHUTDOWN_TIMEOUT_MS', async () => {
    await running.end();
    await start({ SHUTDOWN_TIMEOUT_MS: '100' });
    const response = answer(`${url}/hold?name=a`).catch((error: unknown) => error);
    const peer = await Peer.connect(tcpPort);
    peer.send({ id: '1', pattern: 'hold', data: { name: 'b' } });
    await Promise.all([holding('a'), holding('b')]);
    running.signal('SIGTERM');
    expect(await running.exit()).toBe(0);
    expect(await response).toMatchObject({ code: 'ECONNRESET' });
    expect(peer.received).toEqual([]);
  }, 30_000);

  it('exits at once on a second signal', async () => {
    const response = answer(`${url}/hold?name=a`).catch((error: unknown) => error);
    await holding('a');
    running.signal('SIGTERM');
    await draining();
    running.signal('SIGINT');
    expect(await running.exit()).toBe(1);
    expect(await response).toMatchObject({ code: 'ECONNRESET' });
  }, 30_000);
});

interface Answer {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly body: string;
}

async function answer(url: string, agent?: Agent): Promise<Answer> {
  const response = await head(url, agent);
  const { statusCode: status, headers } = response;
  return { status, connection: headers.connection, body: await text(response) };
}

async function head(url: string, agent?: Agent): Promise<IncomingMessage> {
  const sent = request(url, agent === undefined ? {} : { agent }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function text(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Connects until the port takes no connection; the kernel resets one that it took just before the port closed. */
async function endOf(port: number): Promise<unknown> {
  for (;;) {
    try {
      (await connected(port)).destroy();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ECONNRESET') return code;
    }
  }
}

/** Speaks Nest's TCP protocol: the length in characters, `#`, JSON. */
class Peer {
  readonly received: unknown[] = [];
  readonly closed: Promise<unknown>;
  private buffer = '';

  private constructor(private readonly socket: Socket) {
    this.closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.take(chunk.toString()));
  }

  static async connect(port: number): Promise<Peer> {
    return new Peer(await connected(port));
  }

  send(packet: object): void {
    const json = JSON.stringify(packet);
    this.socket.write(`${String(json.length)}#${json}`);
  }

  private take(text: string): void {
    this.buffer += text;
    for (;;) {
      const mark = this.buffer.indexOf('#');
      const end = mark + 1 + Number(this.buffer.slice(0, mark));
      if (mark < 0 || this.buffer.length < end) return;
      this.received.push(JSON.parse(this.buffer.slice(mark + 1, end)));
      this.buffer = this.buffer.slice(end);
    }
  }
}
