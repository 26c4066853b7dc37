import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Metrics } from '@watchword/platform';
import { BreachedPasswordRange } from './breached-password-range.js';

const PASSWORD = 'tidal orchid bakery';
const HASH = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase();
const REST = HASH.slice(5);
const other = (count: number) => `${'0'.repeat(35)}:${String(count)}`;

describe('a look-up of breached passwords by range', () => {
  const said: unknown[] = [];
  const requests: IncomingMessage[] = [];
  let answer: (response: ServerResponse) => void;
  const server = createServer((request, response) => {
    requests.push(request);
    answer(response);
  });
  let url: string;
  let metrics: Metrics;

  beforeAll(async () => {
    Logger.overrideLogger({
      log: () => undefined,
      error: () => undefined,
      warn: (...all: unknown[]) => said.push(all),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/range`;
  });

  beforeEach(() => {
    said.length = 0;
    requests.length = 0;
    metrics = new Metrics();
  });

  afterEach(() => metrics.onApplicationShutdown());

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    Logger.overrideLogger(['log', 'warn', 'error']);
  });

  const has = (options: { url?: string; timeoutMs?: number } = {}) =>
    new BreachedPasswordRange({ url, timeoutMs: 30_000, ...options }, metrics).has(PASSWORD);
  const counted = async (result: string) => {
    const text = await metrics.registry.metrics();
    return text.includes(`watchword_breached_password_lookups_total{result="${result}"} 1`);
  };
  const range =
    (...lines: string[]) =>
    (response: ServerResponse) =>
      void response.end(lines.join('\r\n'));

  it.each([
    ['is in the range', [other(3), `${REST}:27`], true, 'breached'],
    ['is in the range in lower case', [`${REST.toLowerCase()}:1`], true, 'breached'],
    ['is not in the range', [other(3)], false, 'clean'],
    ['is there as padding alone, seen by nobody', [other(3), `${REST}:0`], false, 'clean'],
    ['is in an empty range', [], false, 'clean'],
  ])('knows a password that %s', async (_, lines, expected, result) => {
    answer = range(...lines);
    expect(await has()).toBe(expected);
    expect(await counted(result)).toBe(true);
    expect(said).toEqual([]);
  });

  it('sends five digits of the hash and asks for padding, and nothing else of the password leaves', async () => {
    answer = range(other(1));
    for (const base of [url, `${url}/`]) await new BreachedPasswordRange({ url: base }, new Metrics()).has(PASSWORD);
    for (const request of requests) {
      expect(request.url).toBe(`/range/${HASH.slice(0, 5)}`);
      expect(request.headers['add-padding']).toBe('true');
      const all = JSON.stringify([request.url, request.rawHeaders]).toUpperCase();
      for (const secret of [PASSWORD.toUpperCase(), HASH.slice(0, 6), REST.slice(0, 6)])
        expect(all).not.toContain(secret);
    }
    expect(requests).toHaveLength(2);
  });

  describe('takes the password, says so once and counts it, where the service', () => {
    it.each<[string, (response: ServerResponse) => void, RegExp]>([
      ['fails', (response) => void response.writeHead(503).end(), /answered 503/],
      ['limits the rate', (response) => void response.writeHead(429).end(), /answered 429/],
      ['leads elsewhere', (response) => void response.writeHead(302, { location: '/x' }).end(), /answered 302/],
      ['breaks the connection', (response) => void response.destroy(), /fetch failed/],
      ['answers a page', (response) => void response.end('<!doctype html>'), /not a range/],
      ['answers without end', (response) => void response.end(`${other(1)}\r\n`.repeat(10_000)), /more than/],
    ])('%s', async (_, faulty, reason) => {
      answer = faulty;
      expect(await has()).toBe(false);
      expect(await counted('failed')).toBe(true);
      expect(said).toHaveLength(1);
      expect(JSON.stringify(said)).toMatch(reason);
      expect(JSON.stringify(said).toUpperCase()).not.toContain(HASH.slice(0, 5));
    });

    it.each<[string, (response: ServerResponse) => void]>([
      ['does not answer', () => undefined],
      ['stops within the answer', (response) => void response.write(other(1))],
    ])('%s in time', async (_, silent) => {
      answer = silent;
      expect(await has({ timeoutMs: 50 })).toBe(false);
      expect(await counted('failed')).toBe(true);
      expect(JSON.stringify(said)).toMatch(/timeout/);
    });

    it('is not there', async () => {
      expect(await has({ url: 'http://127.0.0.1:1/range/' })).toBe(false);
      expect(await counted('failed')).toBe(true);
      expect(said).toHaveLength(1);
    });
  });
});
