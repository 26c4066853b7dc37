import { ServiceTokens, TokenEndpoint } from '@watchword/auth/clients';
import { ManualClock } from '@watchword/auth/testing';
import { serveTokens, type TokenAnswer, type TokenServer } from './token-server.js';

const inventory = { audience: 'inventory' };
const catalog = { audience: 'catalog' };

let server: TokenServer;
let clock: ManualClock;
let tokens: ServiceTokens;
beforeEach(async () => {
  server = await serveTokens();
  clock = new ManualClock();
  tokens = new ServiceTokens(
    new TokenEndpoint({
      clientId: 'orders',
      clientSecret: 'secret',
      tokenEndpoint: server.url,
      issuer: 'https://issuer.test',
      clock,
    }),
  );
});
afterEach(() => server.close());

/** Until the background has asked as often. */
async function asked(times: number): Promise<void> {
  while (server.requests.length < times) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('asks once for all who wait at the same time', async () => {
  const all = await Promise.all(Array.from({ length: 100 }, async () => tokens.tokenFor(inventory)));
  expect(new Set(all)).toEqual(new Set(['token-1']));
  expect(server.requests).toHaveLength(1);
});

it('keeps one token for each audience', async () => {
  expect(await tokens.tokenFor(inventory)).toBe('token-1');
  expect(await tokens.tokenFor(catalog)).toBe('token-2');
  expect(tokens.tokenFor(inventory)).toBe('token-1');
  expect(tokens.tokenFor(catalog)).toBe('token-2');
  expect(server.requests.map(({ form }) => form.audience)).toEqual(['inventory', 'catalog']);
});

it('renews early and behind the scenes: nobody waits', async () => {
  await tokens.tokenFor(inventory);
  clock.advance(224);
  expect(tokens.tokenFor(inventory)).toBe('token-1');
  expect(server.requests).toHaveLength(1);
  clock.advance(1);
  expect(tokens.tokenFor(inventory)).toBe('token-1');
  await asked(2);
  while (tokens.tokenFor(inventory) === 'token-1') {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(tokens.tokenFor(inventory)).toBe('token-2');
  expect(server.requests).toHaveLength(2);
});

it('goes on with the token that it has while the issuer fails, and not beyond its end', async () => {
  await tokens.tokenFor(inventory);
  server.answer = () => ({ status: 503, body: {} });
  clock.advance(289);
  expect(tokens.tokenFor(inventory)).toBe('token-1');
  await asked(2);
  clock.advance(1);
  await expect(tokens.tokenFor(inventory)).rejects.toMatchObject({ code: 'token_endpoint_unavailable' });
});

it('tries to renew once a second while the issuer refuses, however many calls there are', async () => {
  await tokens.tokenFor(inventory);
  server.answer = () => ({ status: 429, body: {} });
  clock.advance(225);
  for (let calls = 0; calls < 50; calls += 1) {
    expect(tokens.tokenFor(inventory)).toBe('token-1');
    await asked(2);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(server.requests).toHaveLength(2);
  clock.advance(1);
  expect(tokens.tokenFor(inventory)).toBe('token-1');
  await asked(3);
});

it('asks again after a failure', async () => {
  const { answer } = server;
  server.answer = (): TokenAnswer => ({ status: 500, body: {} });
  await expect(tokens.tokenFor(inventory)).rejects.toThrow('answered 500');
  server.answer = answer;
  clock.advance(0.1);
  expect(await tokens.tokenFor(inventory)).toBe('token-1');
});

it('drops a token that its audience refused, unless it was renewed meanwhile', async () => {
  await tokens.tokenFor(inventory);
  expect(tokens.forget(inventory, 'an older one')).toBe(true);
  expect(tokens.tokenFor(inventory)).toBe('token-1');
  expect(tokens.forget(inventory, 'token-1')).toBe(true);
  expect(await tokens.tokenFor(inventory)).toBe('token-2');
});

it('asks for the scopes of each client, and keeps tokens of different scopes apart', async () => {
  const reading = { audience: 'inventory', scope: 'inventory:read' };
  expect(await tokens.tokenFor(reading)).toBe('token-1');
  expect(await tokens.tokenFor(inventory)).toBe('token-2');
  expect(tokens.tokenFor(reading)).toBe('token-1');
  expect(server.requests.map(({ form }) => form)).toEqual([
    { grant_type: 'client_credentials', audience: 'inventory', scope: 'inventory:read' },
    { grant_type: 'client_credentials', audience: 'inventory' },
  ]);
  tokens.forget(reading, 'token-1');
  expect(tokens.tokenFor(inventory)).toBe('token-2');
  expect(await tokens.tokenFor(reading)).toBe('token-3');
});

it('remembers a refusal for seconds', async () => {
  server.answer = () => ({ status: 400, body: { error: 'invalid_target' } });
  for (let calls = 0; calls < 50; calls += 1) {
    await expect(tokens.tokenFor(inventory)).rejects.toMatchObject({ code: 'target_refused' });
  }
  expect(server.requests).toHaveLength(1);
});
