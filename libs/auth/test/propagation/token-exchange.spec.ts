import { TokenEndpoint, TokenExchange } from '@watchword/auth';
import type { Caller, VerifiedToken } from '@watchword/auth';
import { ManualClock } from '@watchword/auth/testing';
import { serveTokens } from './token-server.js';
import type { TokenServer } from './token-server.js';

let server: TokenServer;
let clock: ManualClock;
let exchange: TokenExchange;
beforeEach(async () => {
  server = await serveTokens();
  clock = new ManualClock();
  exchange = newExchange();
  server.answer = ({ form }) => ({
    body: { access_token: `${form.subject_token}~${form.audience}`, token_type: 'Bearer', expires_in: 300 },
  });
});
afterEach(() => server.close());

const newExchange = (maxEntries?: number): TokenExchange =>
  new TokenExchange(
    new TokenEndpoint({ clientId: 'orders', clientSecret: 'secret', tokenEndpoint: server.url, clock }),
    maxEntries === undefined ? {} : { maxEntries },
  );

const caller = (token: string, life = 300): Caller => ({
  token,
  verified: { expiresAt: Math.floor(clock.now() / 1000) + life } as VerifiedToken,
});

/** That the token is exchanged anew. */
async function expectExchange(who: Caller): Promise<void> {
  const before = server.requests.length;
  await exchange.tokenFor(who, { audience: 'inventory' });
  expect(server.requests).toHaveLength(before + 1);
}

it("exchanges the caller's token for one that is for the target alone", async () => {
  expect(await exchange.tokenFor(caller('ada'), { audience: 'inventory', scope: 'stock:read' })).toBe('ada~inventory');
  expect(server.requests[0]?.form).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: 'ada',
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: 'inventory',
    scope: 'stock:read',
  });
});

it('asks once for each caller and target, and never gives one the token of another', async () => {
  const callers = Array.from({ length: 20 }, (_, index) => caller(`user-${index}`));
  const wanted = [...callers, ...callers, ...callers].flatMap((who) =>
    ['inventory', 'catalog'].map((audience) => ({ who, audience })),
  );
  const got = await Promise.all(wanted.map(async ({ who, audience }) => exchange.tokenFor(who, { audience })));
  expect(got).toEqual(wanted.map(({ who, audience }) => `${who.token}~${audience}`));
  expect(server.requests).toHaveLength(40);
  expect(exchange.tokenFor(callers[3]!, { audience: 'catalog' })).toBe('user-3~catalog');
});

it('keeps tokens of different scopes apart', async () => {
  await exchange.tokenFor(caller('ada'), { audience: 'inventory' });
  await exchange.tokenFor(caller('ada'), { audience: 'inventory', scope: 'stock:read' });
  expect(server.requests.map(({ form }) => form.scope)).toEqual([undefined, 'stock:read']);
});

it("keeps what was exchanged until shortly before it ends, or the caller's own token does", async () => {
  const short = caller('short', 60);
  await exchange.tokenFor(caller('ada'), { audience: 'inventory' });
  await exchange.tokenFor(short, { audience: 'inventory' });
  clock.advance(54);
  expect(exchange.tokenFor(short, { audience: 'inventory' })).toBe('short~inventory');
  clock.advance(1);
  await expectExchange(short);
  expect(exchange.tokenFor(caller('ada'), { audience: 'inventory' })).toBe('ada~inventory');
  clock.advance(240);
  await expectExchange(caller('ada'));
});

it('lets go of what ended when the next is exchanged', async () => {
  await Promise.all(
    ['ada', 'bob', 'eve'].map(async (token) => exchange.tokenFor(caller(token), { audience: 'inventory' })),
  );
  expect(exchange.entries).toBe(3);
  clock.advance(295);
  await exchange.tokenFor(caller('zoe'), { audience: 'inventory' });
  expect(exchange.entries).toBe(1);
});

it('shares no failure with those who come after it', async () => {
  const { answer } = server;
  server.answer = () => ({ status: 503, body: {} });
  const together = ['ada', 'ada', 'ada'].map(async (token) =>
    exchange.tokenFor(caller(token), { audience: 'inventory' }),
  );
  const results = await Promise.allSettled(together);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(server.requests).toHaveLength(1);
  server.answer = answer;
  expect(await exchange.tokenFor(caller('ada'), { audience: 'inventory' })).toBe('ada~inventory');
});

it('keeps no refusal and no more than it may', async () => {
  exchange = newExchange(2);
  const { answer } = server;
  server.answer = () => ({ status: 400, body: { error: 'invalid_grant' } });
  await expect(exchange.tokenFor(caller('ada'), { audience: 'inventory' })).rejects.toMatchObject({
    code: 'caller_refused',
  });
  server.answer = answer;
  for (const token of ['ada', 'bob', 'eve']) {
    // oxlint-disable-next-line no-await-in-loop
    expect(await exchange.tokenFor(caller(token), { audience: 'inventory' })).toBe(`${token}~inventory`);
  }
  expect(exchange.tokenFor(caller('bob'), { audience: 'inventory' })).toBe('bob~inventory');
  expect(exchange.tokenFor(caller('eve'), { audience: 'inventory' })).toBe('eve~inventory');
  await expectExchange(caller('ada'));
});
