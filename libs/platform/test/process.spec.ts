import { connect } from 'node:net';
import { ClientTCP } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { bundle, type Bundle } from './fixtures/bundle.js';
import { RunningProcess } from './fixtures/running-process.js';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWJ5dGVz';

describe('a process of an app', () => {
  let app: Bundle;
  let running: RunningProcess;

  beforeAll(async () => {
    app = await bundle('slow-app.ts');
  }, 60_000);

  afterAll(() => app.remove());

  afterEach(() => running.end());

  const start = (env: Record<string, string> = {}) => (running = RunningProcess.start(app.file, env));

  it('says once that it is ready, and where', async () => {
    const { url, tcpPort } = await start().ready();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(tcpPort).toBeGreaterThan(0);
    expect(running.lines.filter(({ msg }) => msg === 'ready')).toHaveLength(1);
  }, 30_000);

  it('ends with 1 and every fault of its configuration, without a stack', async () => {
    start({ PORT: 'http', TCP_PORT: '70000' });
    expect(await running.exit()).toBe(1);
    expect(running.output).toMatch(
      /^slow cannot start: 2 faults in its configuration\n {2}- PORT .*\n {2}- TCP_PORT .*\n$/,
    );
  }, 30_000);

  it('ends with 1 and a clear word when its port is taken', async () => {
    const { url } = await start().ready();
    const second = RunningProcess.start(app.file, { PORT: new URL(url).port });
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain('another process already listens on 127.0.0.1:');
    expect(second.output).not.toContain('    at ');
  }, 30_000);

  it('is reachable at its HOST alone', async () => {
    const { url, tcpPort } = await start({ HOST: '127.0.0.2' }).ready();
    expect(new URL(url).hostname).toBe('127.0.0.2');
    for (const port of [Number(new URL(url).port), tcpPort]) {
      await expect(attempt('127.0.0.2', port)).resolves.toBe('connected');
      await expect(attempt('127.0.0.1', port)).resolves.toBe('ECONNREFUSED');
    }
  }, 30_000);

  it.each(['json', 'text'])(
    'never writes a credential into its %s log',
    async (LOG_FORMAT) => {
      start({ LOG_FORMAT, LOG_LEVEL: 'verbose', PORT: '0' });
      const port = await portOf(running);
      await fetch(`http://127.0.0.1:${port}/login?access_token=${JWT}&api_key=hunter2`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${JWT}`, Cookie: 'sid=hunter2' },
        body: JSON.stringify({ email: 'a@example.org', password: 'hunter2', nested: { refresh_token: 'hunter2' } }),
      });
      await until(() => running.output.includes('could not log in'));
      running.signal('SIGTERM');
      await running.exit();
      expect(running.output).toContain('/login');
      expect(running.output).not.toMatch(/hunter2|eyJ|c2lnbmF0dXJl/);
    },
    30_000,
  );

  it('logs each request under its id, and an unexpected error with its stack', async () => {
    const { url } = await start().ready();
    const response = await fetch(`${url}/login`, { method: 'POST', headers: { 'x-request-id': 'request-1' } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('could not log in');
    // Errors go to stderr and the rest to stdout: which of two pipes is read first is not for us to say.
    const failure = await running.line(({ msg }) => msg === 'Request failed');
    await running.line(({ msg, status }) => msg === 'request' && status === 500);
    const messages = running.lines.filter(({ requestId }) => requestId === 'request-1').map(({ msg }) => msg);
    expect(messages).toHaveLength(3);
    expect(new Set(messages)).toEqual(new Set(['login', 'request', 'Request failed']));
    expect(failure).toMatchObject({ level: 'error', error: { stack: expect.stringContaining('login') as string } });
  }, 30_000);

  it('answers RPC refusals with status, code and message, and unexpected errors with nothing', async () => {
    const { tcpPort } = await start().ready();
    const client = new ClientTCP({ port: tcpPort, host: '127.0.0.1' });
    const ask = (pattern: string, data: unknown) =>
      lastValueFrom(client.send<unknown>(pattern, data)).catch((error: unknown) => error);
    expect(await ask('refuse', { name: 'x' })).toEqual({ status: 409, code: 'taken', message: 'x is taken' });
    expect(await ask('"refuse"', { name: 'x' })).toMatchObject({ status: 409 });
    expect(await ask('refuse', { name: 1, more: 2 })).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: expect.arrayContaining([
        { field: 'name', message: 'name must be a string' },
        { field: 'more', message: 'property more should not exist' },
      ]) as unknown,
    });
    expect(await ask('refuse', [])).toMatchObject({ status: 400, code: 'validation_failed' });
    const broken = await ask('break', {});
    expect(broken).toMatchObject({ status: 500, code: 'internal_error' });
    expect(JSON.stringify(broken)).not.toContain('private detail');
    await running.line(({ msg }) => msg === 'Request failed');
    client.close();
  }, 30_000);

  it('answers a pattern that nothing handles, drops such an event, and logs a little of either', async () => {
    const { tcpPort } = await start().ready();
    const client = new ClientTCP({ port: tcpPort, host: '127.0.0.1' });
    const pattern = 'unknown'.repeat(10_000);
    await lastValueFrom(client.emit(pattern, {}), { defaultValue: undefined });
    const refused = lastValueFrom(client.send(pattern, {})).catch((error: unknown) => error);
    expect(await refused).toMatchObject({ status: 404, code: 'not_found', message: expect.any(String) as string });
    const warned = running.lines.filter(({ level }) => level === 'warn');
    expect(warned.map((line) => String(line['pattern']).length)).toEqual([100, 100]);
    expect(running.output.length).toBeLessThan(20_000);
    client.close();
  }, 30_000);

  it('ends with 1 and a word in the log when nothing handles an error', async () => {
    const { tcpPort } = await start().ready();
    const socket = connect(tcpPort, '127.0.0.1');
    socket.on('error', () => undefined);
    const packet = JSON.stringify({ id: '1', pattern: 'crash', data: {} });
    socket.write(`${String(packet.length)}#${packet}`);
    expect(await running.exit()).toBe(1);
    expect(running.lines.at(-1)).toMatchObject({
      level: 'fatal',
      error: { message: 'crashed with password=[redacted]' },
    });
    expect(running.output).not.toContain('hunter2');
  }, 30_000);

  it('drops a connection that sends more than 1 MiB in a message, and goes on', async () => {
    const { tcpPort } = await start().ready();
    const socket = connect(tcpPort, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`99999999#${'x'.repeat(3 * 1024 * 1024)}`);
    await closed;
    expect(await attempt('127.0.0.1', tcpPort)).toBe('connected');
  }, 30_000);
});

function attempt(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
  });
}

async function portOf(running: RunningProcess): Promise<string> {
  const url = /http:\/\/127\.0\.0\.1:(\d+)/;
  await until(() => url.test(running.output));
  return url.exec(running.output)?.[1] ?? '';
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
