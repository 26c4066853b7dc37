import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { bearerFetch, bearerInterceptor, OutboundTokens, ServiceTokens, TokenEndpoint } from '@watchword/auth/clients';
import { CallerContext, type VerifiedToken } from '@watchword/auth';
import axios from 'axios';
import { serveTokens, type TokenServer } from './token-server.js';

const ISSUER = 'https://issuer.test';

let service: Server;
let baseUrl: string;
let issuer: TokenServer;
/** What came: the method, the path, the Authorization header, the body. */
let requests: string[][];
let answer: (request: IncomingMessage) => { status: number; location?: string };

beforeEach(async () => {
  requests = [];
  answer = () => ({ status: 200 });
  service = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { method = '', url = '', headers } = request;
      requests.push([method, url, headers.authorization ?? '', body]);
      const { status, location } = answer(request);
      response.writeHead(status, location === undefined ? {} : { location }).end('{}');
    })();
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  baseUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/api`;
  issuer = await serveTokens();
  let granted = 0;
  issuer.answer = () => ({
    body: { access_token: `service-${(granted += 1)}`, token_type: 'Bearer', expires_in: 300 },
  });
});
afterEach(async () => {
  service.closeAllConnections();
  service.close();
  await issuer.close();
});

const callers = new CallerContext();
const ada = { token: 'ada', verified: { issuer: ISSUER, audience: ['catalog'] } as unknown as VerifiedToken };
const tokens = () => {
  const endpoint = new TokenEndpoint({
    clientId: 'shop',
    clientSecret: 'secret',
    tokenEndpoint: issuer.url,
    issuer: ISSUER,
  });
  return new OutboundTokens({ callers, issuer: ISSUER, service: new ServiceTokens(endpoint) });
};

describe('bearerFetch', () => {
  const fetchAs = (credentials: 'caller' | 'service', send = fetch) =>
    bearerFetch(tokens(), { baseUrl, audience: 'catalog', credentials, fetch: send });

  it("sends the caller's token, with the method, the headers and the body as they are", async () => {
    const send = fetchAs('caller');
    const init = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    const response = await callers.runAs(ada, () => send(new Request(`${baseUrl}/products`, init)));
    expect(response.status).toBe(200);
    expect(requests).toEqual([['POST', '/api/products', 'Bearer ada', '{"a":1}']]);
  });

  it('tries again once with another token of its own, and not with a stream', async () => {
    answer = ({ headers }) => ({ status: headers.authorization === 'Bearer service-1' ? 401 : 200 });
    const send = fetchAs('service');
    expect((await send(`${baseUrl}/products`, { method: 'PUT', body: 'text' })).status).toBe(200);
    expect(requests.map(([, , token, body]) => [token, body])).toEqual([
      ['Bearer service-1', 'text'],
      ['Bearer service-2', 'text'],
    ]);
    answer = () => ({ status: 401 });
    const body = Readable.toWeb(Readable.from(['text'])) as unknown as ReadableStream;
    expect((await send(`${baseUrl}/products`, { method: 'PUT', body, duplex: 'half' })).status).toBe(401);
    expect(requests).toHaveLength(3);
  });

  it('sends nothing elsewhere, follows no redirect, and takes no other credentials', async () => {
    const send = fetchAs('service');
    const { origin } = new URL(baseUrl);
    for (const url of [
      `${origin}/admin`,
      `${baseUrl}/../admin`,
      `${baseUrl}.evil.example`,
      'https://evil.example/api',
    ]) {
      await expect(send(url)).rejects.toThrow('this request goes elsewhere');
    }
    const own = send(baseUrl + '/x', { headers: { Authorization: 'Bearer mine' } });
    await expect(own).rejects.toThrow('cannot bring an Authorization header');
    expect(requests).toEqual([]);
    answer = () => ({ status: 302, location: `${origin}/admin` });
    expect((await send(`${baseUrl}/products`)).status).toBe(302);
    expect(requests).toHaveLength(1);
  });

  it('needs a caller, and sends by the fetch that it is given', async () => {
    await expect(fetchAs('caller')(`${baseUrl}/products`)).rejects.toMatchObject({ code: 'caller_missing' });
    const seen: unknown[] = [];
    const other: typeof fetch = (url, init) => {
      seen.push(url);
      return fetch(url, init);
    };
    await fetchAs('service', other)(`${baseUrl}/products`);
    expect(seen).toEqual([`${baseUrl}/products`]);
  });
});

describe('bearerInterceptor', () => {
  const client = () => {
    const made = axios.create({ baseURL: baseUrl, validateStatus: () => true });
    made.interceptors.request.use(bearerInterceptor(tokens(), { baseUrl, audience: 'catalog' }));
    return made;
  };

  it("sends the caller's token by axios", async () => {
    const { status } = await callers.runAs(ada, () => client().post('/products', { a: 1 }));
    expect(status).toBe(200);
    expect(requests).toEqual([['POST', '/api/products', 'Bearer ada', '{"a":1}']]);
  });

  it('sends nothing elsewhere, follows no redirect, and takes no other credentials', async () => {
    const { origin } = new URL(baseUrl);
    await callers.runAs(ada, async () => {
      for (const url of [`${origin}/admin`, '../admin', '//evil.example/api', 'https://evil.example/api']) {
        await expect(client().get(url)).rejects.toThrow('this request goes elsewhere');
      }
      const own = client().get('/x', { headers: { Authorization: 'Bearer mine' } });
      await expect(own).rejects.toThrow('cannot bring an Authorization header');
      expect(requests).toEqual([]);
      answer = () => ({ status: 302, location: `${origin}/admin` });
      expect((await client().get('/products')).status).toBe(302);
      expect(requests).toHaveLength(1);
    });
    await expect(client().get('/products')).rejects.toMatchObject({ code: 'caller_missing' });
  });
});
