import { jest } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallerContext, type VerifiedToken } from '@watchword/auth';
import { AuthHttpClient, OutboundTokens, type DownstreamError, type HttpServiceOptions } from '@watchword/auth/clients';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

interface Site {
  readonly url: string;
  readonly seen: { url: string | undefined; authorization: string | undefined }[];
  handle: Handle;
  readonly server: Server;
}

async function site(): Promise<Site> {
  const seen: Site['seen'] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization });
    made.handle(request, response);
  });
  const made: Site = { url: '', seen, server, handle: (_, response) => response.end('{}') };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(made, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

let catalog: Site;
let thief: Site;
beforeEach(async () => {
  catalog = await site();
  thief = await site();
});
afterEach(() => {
  for (const { server } of [catalog, thief]) {
    server.close();
    server.closeAllConnections();
  }
});

const ISSUER = 'https://issuer.test';
const callers = new CallerContext();
const caller = { token: 'the-token', verified: { issuer: ISSUER, audience: ['catalog'] } as unknown as VerifiedToken };
const client = (options: Partial<HttpServiceOptions> = {}): AuthHttpClient =>
  new AuthHttpClient(
    { name: 'catalog', baseUrl: catalog.url, audience: 'catalog', ...options },
    new OutboundTokens({ callers, issuer: ISSUER }),
  );
const asCaller = <T>(work: () => Promise<T>): Promise<T> => callers.runAs(caller, work);

it("carries the caller's token to the registered service", async () => {
  const response = await asCaller(() => client().fetch('/products?page=2'));
  expect(response.status).toBe(200);
  expect(catalog.seen).toEqual([{ url: '/products?page=2', authorization: 'Bearer the-token' }]);
});

it('sends by another fetch where it is given one, with every rule of its own', async () => {
  const sent: string[] = [];
  const other = client({
    fetch: (url, init) => {
      sent.push(`${url.pathname} ${init.redirect}`);
      return fetch(url, init);
    },
  });
  catalog.handle = (request, response) => {
    if (request.url === '/products') response.writeHead(302, { location: `${thief.url}/steal` });
    response.end('{}');
  };
  await expect(asCaller(() => other.json('/stock'))).resolves.toEqual({});
  await expect(asCaller(() => other.json('/products'))).rejects.toMatchObject({ status: 502 });
  expect(sent).toEqual(['/stock manual', '/products manual']);
  expect(catalog.seen.map(({ authorization }) => authorization)).toEqual(['Bearer the-token', 'Bearer the-token']);
  expect(thief.seen).toEqual([]);
});

it('carries none when nobody is meant to call', async () => {
  await asCaller(() => client().fetch('products', { credentials: 'none' }));
  await asCaller(() => client({ credentials: 'none' }).fetch('products'));
  expect(catalog.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
});

it('sends nothing for a caller whose token is not for the service, nor without a caller', async () => {
  await expect(asCaller(() => client({ audience: 'billing' }).fetch('/products'))).rejects.toMatchObject({
    code: 'insufficient_audience',
    status: 403,
  });
  await expect(client().fetch('/products')).rejects.toMatchObject({ code: 'caller_missing' });
  expect(catalog.seen).toEqual([]);
});

it('sends nothing to a place outside of its base URL', async () => {
  const bound = client({ baseUrl: `${catalog.url}/api` });
  const { port } = new URL(thief.url);
  for (const path of [
    `${thief.url}/x`,
    `//127.0.0.1:${port}/x`,
    `\\\\127.0.0.1:${port}\\x`,
    `/\\127.0.0.1:${port}/x`,
    ` http://127.0.0.1:${port}`,
    `http:${port}`,
    'file:///etc/passwd',
    'javascript:alert(1)',
    '../admin',
    '/../admin',
    '/%2e%2e/admin',
    '/.%2E/admin',
    'a/../../admin',
    '..\\admin',
    '/..\t/admin',
  ]) {
    await expect(asCaller(() => bound.fetch(path))).rejects.toThrow(TypeError);
  }
  // A host glued to the end of the base URL would change its port or its name.
  await asCaller(() => client().fetch(`@127.0.0.1:${port}/x`));
  await asCaller(() => client().fetch(`:${port}/x`));
  expect(thief.seen).toEqual([]);
  expect(catalog.seen.map(({ url }) => url)).toEqual([`/@127.0.0.1:${port}/x`, `/:${port}/x`]);
});

it('refuses a request that brings an Authorization header of its own', async () => {
  await expect(asCaller(() => client().fetch('/', { headers: { AUTHORIZATION: 'Bearer x' } }))).rejects.toThrow(
    TypeError,
  );
  expect(catalog.seen).toEqual([]);
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i to another origin is not followed', async (status) => {
    catalog.handle = (_, response) => response.writeHead(status, { location: `${thief.url}/steal` }).end();
    await expect(asCaller(() => client().fetch('/products'))).rejects.toMatchObject({
      code: 'bad_gateway',
      status: 502,
    });
    expect(thief.seen).toEqual([]);
  });

  it('to the same host by another name or port, or above the base URL, is not followed', async () => {
    for (const location of [catalog.url.replace('127.0.0.1', 'localhost'), `//evil.test/`, '/admin', 'http://[']) {
      catalog.handle = (_, response) => response.writeHead(302, { location }).end();
      await expect(asCaller(() => client({ baseUrl: `${catalog.url}/api` }).fetch('/x'))).rejects.toMatchObject({
        status: 502,
      });
    }
    expect(new Set(catalog.seen.map(({ url }) => url))).toEqual(new Set(['/api/x']));
  });

  it('below the base URL is followed, with the token', async () => {
    catalog.handle = ({ url }, response) =>
      url === '/old' ? response.writeHead(308, { location: '/new' }).end() : response.end('{"new":true}');
    await expect(asCaller(() => client().json('/old'))).resolves.toEqual({ new: true });
    expect(catalog.seen.map(({ authorization }) => authorization)).toEqual(['Bearer the-token', 'Bearer the-token']);
  });

  it('in a circle ends', async () => {
    catalog.handle = (_, response) => response.writeHead(302, { location: '/again' }).end();
    await expect(asCaller(() => client().fetch('/'))).rejects.toMatchObject({ status: 502 });
    expect(catalog.seen).toHaveLength(6);
  });

  it('of a POST is not followed', async () => {
    catalog.handle = (_, response) => response.writeHead(307, { location: '/new' }).end();
    await expect(asCaller(() => client().fetch('/', { method: 'POST', json: {} }))).rejects.toMatchObject({
      status: 502,
    });
    expect(catalog.seen).toHaveLength(1);
  });
});

describe('json()', () => {
  it('sends and reads JSON', async () => {
    catalog.handle = (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => response.end(`{"type":"${request.headers['content-type']}","got":${text}}`));
    };
    const answer = await asCaller(() => client().json('/products', { method: 'POST', json: { sku: 'LAMP-OIL' } }));
    expect(answer).toEqual({ type: 'application/json', got: { sku: 'LAMP-OIL' } });
  });

  it.each([
    [
      403,
      { code: 'insufficient_scope', detail: 'secret' },
      { status: 403, code: 'insufficient_scope', message: 'The service catalog does not allow this' },
    ],
    [
      401,
      { code: 'invalid_token', detail: 'secret' },
      { status: 401, code: 'invalid_token', message: 'The service catalog does not accept the access token' },
    ],
    [403, { code: 'a b' }, { status: 403, code: 'request_refused' }],
    [404, { code: 'not_found', detail: 'secret' }, { status: 502, message: 'The service catalog failed' }],
    [409, {}, { status: 502, code: 'bad_gateway' }],
    [422, { code: 'x', detail: 'secret' }, { status: 502, code: 'bad_gateway' }],
    [429, {}, { status: 503, code: 'service_unavailable' }],
    [500, { code: 'x', detail: 'secret' }, { status: 502, code: 'bad_gateway', message: 'The service catalog failed' }],
    [503, {}, { status: 503, code: 'service_unavailable' }],
  ])('rejects for %i %j, without its detail', async (status, body, expected) => {
    catalog.handle = (_, response) => response.writeHead(status).end(JSON.stringify(body));
    await expect(asCaller(() => client().json('/'))).rejects.toMatchObject(expected);
    const error: unknown = await asCaller(() => client().json('/')).catch((thrown: unknown) => thrown);
    expect(JSON.stringify((error as DownstreamError).getResponse())).not.toContain('secret');
    expect((error as DownstreamError).answer?.status).toBe(status);
  });

  it('passes on what its options name, and tells the program of all', async () => {
    const passing = client({ passOn: { 404: 'all', 409: ['out_of_stock'], 429: 'all' } });
    const answers = async (status: number, body: object): Promise<unknown> => {
      catalog.handle = (_, response) => response.writeHead(status).end(JSON.stringify(body));
      return asCaller(() => passing.json('/')).catch((error: unknown) => error);
    };
    const detail = 'No such product';
    expect(await answers(404, { code: 'not_found', detail })).toMatchObject({
      status: 404,
      code: 'not_found',
      message: detail,
    });
    expect(await answers(404, {})).toMatchObject({ status: 404, code: 'request_refused' });
    expect(await answers(409, { code: 'out_of_stock', detail: 'y'.repeat(501) })).toMatchObject({
      status: 409,
      code: 'out_of_stock',
      message: 'The service catalog refused',
    });
    expect(await answers(429, { code: 'x' })).toMatchObject({ status: 429, code: 'x' });
    expect(await answers(409, { code: 'other', detail })).toMatchObject({
      status: 502,
      code: 'bad_gateway',
      message: 'The service catalog failed',
      cause: `it answered 409 other ${detail}`,
      answer: { status: 409, code: 'other', message: detail },
    });
    expect(await answers(409, {})).toMatchObject({ status: 502 });
    expect(await answers(410, { code: 'out_of_stock' })).toMatchObject({ status: 502 });
  });

  it('takes a 2xx that is not JSON for a failure, an error page for its status', async () => {
    catalog.handle = (_, response) => response.end('<html>');
    await expect(asCaller(() => client().json('/'))).rejects.toMatchObject({ status: 502 });
    catalog.handle = (_, response) => response.writeHead(403).end('<html>');
    await expect(asCaller(() => client().json('/'))).rejects.toMatchObject({ status: 403 });
  });

  it('takes a 2xx that can be read in two ways for a failure, and any text for what it is', async () => {
    catalog.handle = (_, response) => response.end('{"price":1,"pric\\u0065":2}');
    await expect(asCaller(() => client().json('/'))).rejects.toMatchObject({ status: 502, code: 'bad_gateway' });
    catalog.handle = (_, response) =>
      response.end(`{"text":"\\u0000\\ud83d","list":${'['.repeat(98)}${']'.repeat(98)}}`);
    await expect(asCaller(() => client().json('/'))).resolves.toMatchObject({ text: '\0\ud83d' });
  });

  it('gives undefined for an empty answer', async () => {
    catalog.handle = (_, response) => response.writeHead(204).end();
    await expect(asCaller(() => client().json('/'))).resolves.toBeUndefined();
  });
});

describe('a service that does not answer', () => {
  it('is 503 when nobody listens', async () => {
    await new Promise((resolve) => catalog.server.close(resolve));
    await expect(asCaller(() => client().fetch('/'))).rejects.toMatchObject({
      status: 503,
      code: 'service_unavailable',
    });
  });

  it('is 503 when the connection is lost, before and amid the answer', async () => {
    catalog.handle = ({ socket }) => socket.destroy();
    await expect(asCaller(() => client().json('/'))).rejects.toMatchObject({ status: 503 });
    catalog.handle = ({ socket }, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"half":', () => socket.destroy());
    };
    await expect(asCaller(() => client().json('/'))).rejects.toMatchObject({ status: 503 });
  });

  it('is 504 after the timeout, before and amid the answer', async () => {
    const impatient = client({ timeoutMs: 60 });
    catalog.handle = () => undefined;
    await expect(asCaller(() => impatient.json('/'))).rejects.toMatchObject({ status: 504, code: 'gateway_timeout' });
    catalog.handle = (_, response) => response.write('{"half":');
    await expect(asCaller(() => impatient.json('/'))).rejects.toMatchObject({ status: 504 });
  });

  it('is let go of after the timeout: the connection ends', async () => {
    const closed = new Promise((resolve) => {
      catalog.handle = ({ socket }) => socket.on('close', resolve);
    });
    await expect(asCaller(() => client({ timeoutMs: 60 }).json('/'))).rejects.toMatchObject({ status: 504 });
    await closed;
  });

  it("leaves the caller's own abort what it is, before and amid the answer", async () => {
    catalog.handle = () => undefined;
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(asCaller(() => client().fetch('/', { signal }))).rejects.toThrow('gone');
    const abort = new AbortController();
    catalog.handle = (_, response) => response.write('{"half":');
    const { fetch } = globalThis;
    jest.spyOn(globalThis, 'fetch').mockImplementationOnce(async (...request) => {
      const response = await fetch(...request);
      setImmediate(() => abort.abort(new Error('left')));
      return response;
    });
    await expect(asCaller(() => client().json('/', { signal: abort.signal }))).rejects.toThrow('left');
    jest.restoreAllMocks();
  });
});

it.each([
  [{ audience: '' }, /has no `audience`/],
  [{ name: '' }, /has no `name`/],
  [{ baseUrl: '/api' }, /absolute/],
  [{ baseUrl: 'ftp://127.0.0.1' }, /absolute/],
  [{ baseUrl: 'http://user:secret@127.0.0.1' }, /no credentials/],
  [{ baseUrl: 'http://127.0.0.1?x=1' }, /query/],
  [{ passOn: { 401: 'all' as const } }, /catalog has the status 401/],
  [{ passOn: { 403: ['x'] } }, /403/],
  [{ passOn: { 500: 'all' as const } }, /500/],
  [{ passOn: { 409: 'out_of_stock' as never } }, /a list of codes for 409/],
])('is not built with %j', (options, message) => {
  expect(() => client(options)).toThrow(message);
});
