import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { PropagationError, TokenEndpoint, TokenExchange, type TokenExchangeOptions } from '@watchword/auth/clients';
import type { Caller, VerifiedToken } from '@watchword/auth';
import { ManualClock } from '@watchword/auth/testing';
import { serveTokens, type TokenServer } from './token-server.js';

const ISSUER = 'https://issuer.test';
const PARTNER = 'https://partner.test';
const inventory = { audience: 'inventory' };

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

const newExchange = (options: TokenExchangeOptions = {}): TokenExchange =>
  new TokenExchange(
    new TokenEndpoint({ clientId: 'orders', clientSecret: 'secret', tokenEndpoint: server.url, issuer: ISSUER, clock }),
    options,
  );

const caller = (token: string, life = 300, issuer = ISSUER): Caller => ({
  token,
  verified: { issuer, expiresAt: Math.floor(clock.now() / 1000) + life } as VerifiedToken,
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
  clock.advance(0.1);
  expect(await exchange.tokenFor(caller('ada'), { audience: 'inventory' })).toBe('ada~inventory');
});

it('keeps no more than it may', async () => {
  exchange = newExchange({ maxEntries: 2 });
  for (const token of ['ada', 'bob', 'eve']) {
    expect(await exchange.tokenFor(caller(token), { audience: 'inventory' })).toBe(`${token}~inventory`);
  }
  expect(exchange.tokenFor(caller('bob'), { audience: 'inventory' })).toBe('bob~inventory');
  expect(exchange.tokenFor(caller('eve'), { audience: 'inventory' })).toBe('eve~inventory');
  await expectExchange(caller('ada'));
});

describe('a refusal', () => {
  const refuse = (error: string): void => {
    server.answer = () => ({ status: 400, body: { error } });
  };

  it.each([
    ['invalid_grant', 'caller_refused'],
    ['invalid_target', 'target_refused'],
    ['unauthorized_client', 'service_refused'],
  ])('%s is remembered for seconds: fifty requests ask once', async (oauthError, code) => {
    refuse(oauthError);
    const isRefused = async (): Promise<void> => {
      await expect(exchange.tokenFor(caller('ada'), inventory)).rejects.toMatchObject({ code });
    };
    await Promise.all(Array.from({ length: 10 }, isRefused));
    for (let calls = 0; calls < 40; calls += 1) await isRefused();
    expect(server.requests).toHaveLength(1);
    clock.advance(4.9);
    await isRefused();
    expect(server.requests).toHaveLength(1);
    clock.advance(0.1);
    await isRefused();
    expect(server.requests).toHaveLength(2);
  });

  it('is of that token, that target and those scopes alone', async () => {
    const { answer } = server;
    refuse('invalid_target');
    await expect(exchange.tokenFor(caller('ada'), inventory)).rejects.toMatchObject({ code: 'target_refused' });
    server.answer = answer;
    expect(await exchange.tokenFor(caller('bob'), inventory)).toBe('bob~inventory');
    expect(await exchange.tokenFor(caller('ada'), { audience: 'catalog' })).toBe('ada~catalog');
    expect(await exchange.tokenFor(caller('ada'), { ...inventory, scope: 'stock:read' })).toBe('ada~inventory');
    await expect(exchange.tokenFor(caller('ada'), inventory)).rejects.toMatchObject({ code: 'target_refused' });
  });

  it('is not remembered without bound, and pushes no good token out', async () => {
    exchange = newExchange({ maxEntries: 3 });
    expect(await exchange.tokenFor(caller('good'), inventory)).toBe('good~inventory');
    refuse('invalid_grant');
    for (let n = 0; n < 20; n += 1) {
      await expect(exchange.tokenFor(caller(`bad-${n}`), inventory)).rejects.toMatchObject({ code: 'caller_refused' });
    }
    expect(exchange.refusals).toBe(3);
    expect(exchange.tokenFor(caller('good'), inventory)).toBe('good~inventory');
    clock.advance(5);
    await expect(exchange.tokenFor(caller('last'), inventory)).rejects.toMatchObject({ code: 'caller_refused' });
    expect(exchange.refusals).toBe(1);
  });
});

describe("a token of another issuer than the endpoint's", () => {
  const partners = (): Caller => caller('partners', 300, PARTNER);

  it('is not posted there', () => {
    expect(() => exchange.tokenFor(partners(), inventory)).toThrow(
      expect.objectContaining({ name: 'PropagationError', code: 'issuer_not_for_target' }),
    );
    expect(server.requests).toEqual([]);
  });

  it('is posted where the exchange names its issuer', async () => {
    exchange = newExchange({ subjectIssuers: [PARTNER] });
    expect(await exchange.tokenFor(partners(), inventory)).toBe('partners~inventory');
    expect(() => exchange.tokenFor(caller('ada'), inventory)).toThrow('was not sent');
  });
});

describe('a token that the target refused', () => {
  let count: number;
  beforeEach(() => {
    count = 0;
    server.answer = () => ({ body: { access_token: `token-${(count += 1)}`, token_type: 'Bearer', expires_in: 300 } });
  });

  it('is not given out again; what replaces it is, and asked for once', async () => {
    expect(await exchange.tokenFor(caller('ada'), inventory)).toBe('token-1');
    expect([1, 2, 3].map(() => exchange.forget(caller('ada'), inventory, 'token-1'))).toEqual([true, true, true]);
    const got = await Promise.all([1, 2, 3].map(async () => exchange.tokenFor(caller('ada'), inventory)));
    expect(got).toEqual(['token-2', 'token-2', 'token-2']);
    expect(exchange.forget(caller('ada'), inventory, 'token-1')).toBe(true);
    expect(exchange.tokenFor(caller('ada'), inventory)).toBe('token-2');
  });

  it('and the new one refused too: exchanged again after seconds, not at each request', async () => {
    await exchange.tokenFor(caller('ada'), inventory);
    exchange.forget(caller('ada'), inventory, 'token-1');
    await exchange.tokenFor(caller('ada'), inventory);
    expect(exchange.forget(caller('ada'), inventory, 'token-2')).toBe(false);
    expect(exchange.tokenFor(caller('ada'), inventory)).toBe('token-2');
    clock.advance(5);
    expect(exchange.forget(caller('ada'), inventory, 'token-2')).toBe(true);
    expect(await exchange.tokenFor(caller('ada'), inventory)).toBe('token-3');
  });
});

it('publishes what was exchanged and what was refused', async () => {
  const heard: unknown[] = [];
  const listener = (message: unknown) => void heard.push(message);
  subscribe('watchword:exchange', listener);
  try {
    await exchange.tokenFor(caller('ada'), inventory);
    server.answer = () => ({ status: 400, body: { error: 'invalid_target' } });
    await expect(exchange.tokenFor(caller('bob'), inventory)).rejects.toThrow(PropagationError);
    expect(heard).toMatchObject([
      { issuer: ISSUER, audience: 'inventory', error: undefined },
      { issuer: ISSUER, audience: 'inventory', error: expect.any(PropagationError) as unknown },
    ]);
    expect(JSON.stringify(heard)).not.toContain('ada~');
  } finally {
    unsubscribe('watchword:exchange', listener);
  }
});
