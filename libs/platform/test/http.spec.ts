import { once } from 'node:events';
import { connect } from 'node:net';
import { Body, Controller, Get, HttpException, Ip, Module, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsString, ValidateNested } from 'class-validator';
import { Public, Roles, Scopes } from '@watchword/auth';
import { AppConfig, PlatformModule, ProblemError } from '@watchword/platform';
import { startTestApp, type TestApp } from '@watchword/platform/testing';

class Line {
  @IsString()
  readonly sku!: string;

  @IsInt()
  readonly quantity!: number;
}

class Order {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Line)
  readonly items!: Line[];
}

@Controller('things')
class ThingsController {
  @Post('line')
  line(@Body() line: Line): Line {
    return line;
  }

  @Post('order')
  order(@Body() order: Order): { polluted: unknown } {
    return { polluted: ({} as Record<string, unknown>)['polluted'] ?? order.items.length };
  }

  @Post('touch')
  @Scopes('things:touch')
  @Roles('keeper', 'admin')
  touch(): { touched: true } {
    return { touched: true };
  }

  @Public()
  @Get(['open', 'also-open'])
  open(): { open: true } {
    return { open: true };
  }

  @Public()
  @Get('taken')
  taken(): never {
    throw new ProblemError(409, 'taken', 'It is taken', { headers: { 'Retry-After': '3' } });
  }

  @Get('broken')
  broken(): never {
    throw new Error('private detail');
  }

  @Get('elsewhere')
  elsewhere(): never {
    throw new HttpException({ code: 'out_of_stock', message: 'None is left' }, 409);
  }

  @Get('ip')
  ip(@Ip() ip: string): { ip: string } {
    return { ip };
  }
}

@Module({ imports: [PlatformModule.forRoot({ name: 'sample', config: AppConfig })], controllers: [ThingsController] })
class SampleModule {}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('what every app does with a request', () => {
  let app: TestApp;

  const start = (environment: Record<string, string> = {}) =>
    startTestApp({ name: 'sample', module: SampleModule, config: AppConfig, environment });
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(app.url + path, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });

  beforeAll(async () => {
    app = await start({ BODY_LIMIT_BYTES: '2048' });
  });

  afterAll(() => app.close());

  async function expectProblem(response: Response, status: number, code: string): Promise<Record<string, unknown>> {
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status: response.status, code, requestId: response.headers.get('x-request-id') });
    expect(response.status).toBe(status);
    return problem;
  }

  it.each([
    ['malformed JSON', '{"sku":', {}, 400, 'malformed_body'],
    ['a JSON text that is no object', '"text"', {}, 400, 'malformed_body'],
    ['half of a text', '{"sku":"a', {}, 400, 'malformed_body'],
    ['a byte order mark', '\ufeff{}', {}, 400, 'malformed_body'],
    ['bytes that are not UTF-8', Buffer.from('7b22ff227d', 'hex'), {}, 400, 'malformed_body'],
    ['33 levels', `{"sku":${nested(32)}}`, {}, 400, 'malformed_body'],
    ['1,000 levels', nested(1000), {}, 400, 'malformed_body'],
    ['a member twice', '{"sku":"a","quantity":1,"sku":"b"}', {}, 400, 'malformed_body'],
    ['a member twice, once in disguise', '{"sku":"a","quantity":1,"s\\u006bu":"b"}', {}, 400, 'malformed_body'],
    ['a member twice, of one escaped character', '{"b":1,"\\"":1,"\\u0022":1}', {}, 400, 'malformed_body'],
    ['a NUL', '{"sku":"a\\u0000","quantity":1}', {}, 400, 'malformed_body'],
    ['a NUL in a name', '{"sku":"a","quantity":1,"\\u0000":1}', {}, 400, 'malformed_body'],
    ['half of a surrogate pair', '{"sku":"\\ud83d","quantity":1}', {}, 400, 'malformed_body'],
    [
      'UTF-16',
      Buffer.from('{}', 'utf16le'),
      { 'Content-Type': 'application/json; charset=utf-16' },
      415,
      'unsupported_media_type',
    ],
    ['Latin 1', '{}', { 'Content-Type': 'application/json;charset="iso-8859-1"' }, 415, 'unsupported_media_type'],
    ['a body over the limit', JSON.stringify({ sku: 'x'.repeat(3000), quantity: 1 }), {}, 413, 'payload_too_large'],
    ['an unknown encoding', '{}', { 'Content-Encoding': 'x-none' }, 415, 'unsupported_media_type'],
    ['an unknown charset', '{}', { 'Content-Type': 'application/json; charset=x-user' }, 415, 'unsupported_media_type'],
    ['a form', 'sku=a', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['a text', '{"sku":"a"}', { 'Content-Type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['what is not encoded as it says', '{}', { 'Content-Encoding': 'gzip' }, 400, 'malformed_body'],
    ['what is not compressed as it says', '{"a":1}', { 'Content-Encoding': 'br' }, 400, 'malformed_body'],
    ['nothing', '', {}, 400, 'validation_failed'],
    ['a list instead of an object', '[]', {}, 400, 'validation_failed'],
    ['a number that is a text', '{"sku":"a","quantity":"1"}', {}, 400, 'validation_failed'],
  ])('refuses %s', async (_, body, headers, status, code) => {
    await expectProblem(await post('/things/line', body, headers), status, code);
  });

  it('takes a body that says its charset, and names with an escaped slash', async () => {
    const headers = { 'Content-Type': 'Application/JSON; Charset="UTF-8"' };
    expect((await post('/things/line', '{"sku":"\\u00e9","quantity":1}', headers)).status).toBe(201);
    const response = await post('/things/line', '{"sku":"a","quantity":1,"a\\/b":1}');
    const problem = await expectProblem(response, 400, 'validation_failed');
    expect(problem['errors']).toMatchObject([{ field: 'a/b' }]);
  });

  it.each(['/things/open?a=%00', '/things/open?%00=a', '/things/%00', '/nowhere%00', '/things/open/%00?a=b'])(
    'refuses an address with a NUL: %s',
    async (path) => {
      await expectProblem(await fetch(app.url + path), 400, 'validation_failed');
    },
  );

  it('does not echo a body that it cannot read', async () => {
    const problem = await expectProblem(await post('/things/line', 'hunter2'), 400, 'malformed_body');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('refuses a body that is small until it is unpacked', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = new Uint8Array(gzipSync(JSON.stringify({ sku: 'x'.repeat(1_000_000), quantity: 1 })));
    const response = await post('/things/line', bomb, { 'Content-Encoding': 'gzip' });
    await expectProblem(response, 413, 'payload_too_large');
  });

  it('names each wrong field by its path', async () => {
    const body = {
      items: [
        { sku: 'a', quantity: 1 },
        { sku: 1, more: true },
      ],
      extra: 1,
    };
    const problem = await expectProblem(await post('/things/order', JSON.stringify(body)), 400, 'validation_failed');
    const fields = (problem['errors'] as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(['extra', 'items.1.more', 'items.1.quantity', 'items.1.sku']);
  });

  it('says no more than fifty faults of one body', async () => {
    const body = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x${String(index)}`, 1]));
    const problem = await expectProblem(await post('/things/line', JSON.stringify(body)), 400, 'validation_failed');
    expect(problem['errors']).toHaveLength(50);
  });

  it.each(['{"items":[],"__proto__":{"polluted":1}}', '{"items":[],"constructor":{"prototype":{"polluted":1}}}'])(
    'is not changed by %s',
    async (body) => {
      const response = await post('/things/order', body);
      expect(response.status === 400 || ((await response.json()) as { polluted: unknown }).polluted === 0).toBe(true);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('shows what a ProblemError says, and sends its headers', async () => {
    const response = await fetch(`${app.url}/things/taken`);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await expectProblem(response, 409, 'taken')).toMatchObject({ title: 'Conflict', detail: 'It is taken' });
  });

  it('keeps the code of a refusal that another service made', async () => {
    const problem = await expectProblem(await fetch(`${app.url}/things/elsewhere`), 409, 'out_of_stock');
    expect(problem).toMatchObject({ detail: 'None is left' });
  });

  it('shows nothing of an unexpected error', async () => {
    const problem = await expectProblem(await fetch(`${app.url}/things/broken`), 500, 'internal_error');
    expect(JSON.stringify(problem)).not.toContain('private');
  });

  it('takes a form where a handler wants no body', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${app.url}/things/touch`, { method: 'POST', body: 'a=b', headers });
    expect(response.status).toBe(201);
  });

  it('describes its endpoints, and what each asks of its caller', async () => {
    const { paths } = (await (await fetch(`${app.url}/docs/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security?: unknown; description?: string }>>;
    };
    expect(paths['/things/line']?.['post']).toMatchObject({ security: [{ bearer: [] }] });
    for (const path of ['taken', 'open', 'also-open']) {
      expect(paths[`/things/${path}`]?.['get']).toMatchObject({ security: [] });
    }
    expect(paths['/things/touch']?.['post']).toMatchObject({
      security: [{ bearer: [] }],
      description: 'Needs scope `things:touch`. Needs role `keeper` or `admin`.',
    });
    const page = await fetch(`${app.url}/docs`);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  it('answers an unknown route, whatever its method, without echoing it', async () => {
    const problem = await expectProblem(await fetch(`${app.url}/nowhere/<script>`), 404, 'not_found');
    expect(JSON.stringify(problem)).not.toContain('script');
    const other = await expectProblem(
      await fetch(`${app.url}/things/line?a=b`, { method: 'DELETE' }),
      404,
      'not_found',
    );
    expect(other).toMatchObject({ detail: 'There is no route for this method and path' });
  });

  it('answers a path that cannot be decoded with a problem', async () => {
    await expectProblem(await fetch(`${app.url}/%E0%A4%A`), 404, 'not_found');
  });

  it('tells nobody what it runs on, and lets no browser make anything of its answers', async () => {
    const { headers } = await fetch(`${app.url}/health/live`);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('strict-transport-security')).toContain('max-age=');
  });

  it('takes a request id that is well-formed, and makes one otherwise', async () => {
    const idOf = async (sent: string) =>
      (await fetch(`${app.url}/health/live`, { headers: { 'x-request-id': sent } })).headers.get('x-request-id');
    expect(await idOf('a1-B2_c3.d4')).toBe('a1-B2_c3.d4');
    for (const sent of ['', 'a b', 'a"b', 'x'.repeat(129), '{"a":1}', 'é']) {
      expect(await idOf(encodeURI(sent) === sent ? sent : sent.replace('é', 'Ã'))).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('answers what is no HTTP without falling over', async () => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write('this is not HTTP\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('400 Bad Request');
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  });

  it('believes X-Forwarded-For from a trusted proxy alone', async () => {
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } };
    const seen = async (url: string) =>
      ((await (await fetch(`${url}/things/ip`, forwarded)).json()) as { ip: string }).ip;
    expect(await seen(app.url)).toBe('127.0.0.1');
    const behindProxy = await start({ TRUSTED_PROXIES: '127.0.0.1' });
    expect(await seen(behindProxy.url)).toBe('203.0.113.9');
    await behindProxy.close();
  });

  it('measures requests by route, never by path', async () => {
    await fetch(`${app.url}/things/ip?x=1`);
    await fetch(`${app.url}/made-up-path`);
    const text = await (await fetch(`${app.url}/metrics`)).text();
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/things\/ip",status="200"\} \d/);
    expect(text).toMatch(/route="unmatched",status="404"/);
    expect(text).not.toContain('made-up-path');
    await fetch(`${app.url}/docs/swagger-ui.css`);
    const later = await (await fetch(`${app.url}/metrics`)).text();
    expect(later).toMatch(/route="\/docs",status="200"/);
    expect(later).not.toContain('swagger-ui.css');
  });
});
