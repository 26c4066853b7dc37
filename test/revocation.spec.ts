import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeOnPostgres } from '@watchword/platform/testing';
import type { AppName } from '../scripts/system/apps.mjs';
import { request } from './harness/http.js';
import {
  claimsOf,
  type Credentials,
  inventoryToken,
  issuerToken,
  logIn,
  register,
  type Session,
} from './harness/people.js';
import { sendMessage } from './harness/tcp-message.js';
import { TestSystem, type TestSystemOptions } from './harness/test-system.js';

/** Somebody who is logged in, with a token of the same session for each service. */
interface Person {
  readonly id: string;
  readonly credentials: Credentials;
  readonly session: Session;
  /** For the issuer's own endpoints. */
  readonly issuer: string;
  readonly inventory: string;
}

/** How the services answer to somebody's tokens: catalog and orders over HTTP, inventory over TCP. */
async function answersTo(system: TestSystem, { session, inventory }: Person): Promise<Record<string, unknown>> {
  const token = session.access_token;
  const [catalog, orders, stock] = await Promise.all([
    request('POST', `${system.url('catalog')}/products`, { token, body: {} }),
    request('GET', `${system.url('orders')}/orders`, { token }),
    sendMessage(system.tcp, {
      pattern: 'stock.read',
      data: { skus: ['LAMP-OIL'] },
      metadata: { authorization: `Bearer ${inventory}` },
    }),
  ]);
  const { err } = stock;
  return {
    catalog: catalog.status,
    orders: orders.status,
    inventory: typeof err === 'object' ? err.status : 'answered',
  };
}

/** A customer may not add products, may list their orders, and may look at the stock or not: never 401. */
const LET_IN = { catalog: 403, orders: 200 };
const REFUSED = { catalog: 401, orders: 401, inventory: 401 };

async function expectRefused(system: TestSystem, person: Person): Promise<void> {
  for (;;) {
    const answers = await answersTo(system, person);
    if (Object.entries(REFUSED).every(([service, status]) => answers[service] === status)) return;
    await nextTurn();
  }
}

async function newPerson(system: TestSystem): Promise<Person> {
  const credentials = await register(system);
  const session = await logIn(system, credentials);
  const { body } = await request<Session>('POST', `${system.url('auth')}/auth/refresh`, {
    body: { refresh_token: session.refresh_token, resource: 'auth' },
  });
  const person = {
    id: String(claimsOf(session.access_token)['sub']),
    credentials,
    session: { ...session, refresh_token: body.refresh_token },
    issuer: body.access_token,
    inventory: await inventoryToken(system, session.access_token),
  };
  expect(await answersTo(system, person)).toMatchObject(LET_IN);
  return person;
}

const SERVICES: readonly AppName[] = ['orders', 'catalog', 'inventory'];

const SYSTEMS: [string, TestSystemOptions][] = [
  ['with public keys', { signing: 'asymmetric' }],
  ['with a shared secret', { signing: 'shared-secret' }],
];

describe.each(SYSTEMS)('what the issuer revokes is refused by every service, %s', (_, options) => {
  let system: TestSystem;
  let bystander: Person;
  let admin: string;
  beforeAll(async () => {
    system = await TestSystem.start(options);
    bystander = await newPerson(system);
    admin = await issuerToken(system);
  }, 120_000);
  afterAll(() => system?.close(), 30_000);
  afterEach(async () => expect(await answersTo(system, bystander)).toMatchObject(LET_IN));

  const at = (path: string): string => `${system.url('auth')}${path}`;
  const administer = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { status } = await request(method, at(`/admin${path}`), { token: admin, body });
    expect(status).toBeLessThan(300);
  };

  it.each<[string, (person: Person) => Promise<unknown>]>([
    [
      'after a logout',
      ({ session }) => request('POST', at('/auth/logout'), { body: { refresh_token: session.refresh_token } }),
    ],
    ['after all sessions were ended', ({ issuer }) => request('DELETE', at('/auth/sessions'), { token: issuer })],
    [
      'after a change of the password',
      ({ issuer, credentials: { password } }) =>
        request('POST', at('/auth/password'), {
          token: issuer,
          body: { currentPassword: password, newPassword: `${password}-other` },
        }),
    ],
    ['after the account was disabled', ({ id }) => administer('POST', `/accounts/${id}/disable`)],
    ['after the account was deleted', ({ id }) => administer('DELETE', `/accounts/${id}`)],
    ['after a change of roles', ({ id }) => administer('PUT', `/accounts/${id}/roles`, { roles: ['catalog-manager'] })],
    [
      'after a refresh token came back that was used before',
      async ({ session }) => {
        let token = session.refresh_token;
        for (let count = 0; count < 2; count += 1) {
          const { body } = await request<Session>('POST', at('/auth/refresh'), { body: { refresh_token: token } });
          token = body.refresh_token;
        }
        await request('POST', at('/auth/refresh'), { body: { refresh_token: session.refresh_token } });
      },
    ],
  ])('%s', async (_title, revoke) => {
    const person = await newPerson(system);
    await revoke(person);
    await expectRefused(system, person);
  });

  // With public keys, a service that starts while the issuer is away has no keys, and answers 503 to everybody.
  if (options.signing === 'shared-secret') {
    it('also by a service that starts while the issuer is away', async () => {
      const person = await newPerson(system);
      await request('POST', at('/auth/logout'), { body: { refresh_token: person.session.refresh_token } });
      await expectRefused(system, person);
      // Ended in order, so that each service has written what it knows.
      for (const app of SERVICES) await system.apps.app(app).stop();
      await system.apps.app('auth').stop();
      for (const app of SERVICES) system.apps.start(app);
      await system.apps.ready(60_000, SERVICES);
      expect(await answersTo(system, person)).toEqual(REFUSED);
      expect(await answersTo(system, bystander)).toMatchObject(LET_IN);
      system.apps.start('auth');
      await system.apps.ready(60_000);
    }, 120_000);
  }

  it('of what a client exchanged for people, after that client was disabled; what it exchanges later is let in', async () => {
    const person = await newPerson(system);
    const inventoryAnswers = async (token: string) => {
      const metadata = { authorization: `Bearer ${token}` };
      const { err } = await sendMessage(system.tcp, { pattern: 'stock.read', data: { skus: ['LAMP-OIL'] }, metadata });
      return typeof err === 'object' ? err.status : 'answered';
    };
    await administer('POST', `/clients/${system.stockClient.clientId}/disable`);
    while ((await inventoryAnswers(person.inventory)) !== 401) await nextTurn();
    // Their own token is of the login, and good.
    expect(
      (await request('GET', `${system.url('orders')}/orders`, { token: person.session.access_token })).status,
    ).toBe(200);
    await administer('POST', `/clients/${system.stockClient.clientId}/enable`);
    let exchanged = '';
    while (exchanged === '' || (await inventoryAnswers(exchanged)) === 401) {
      exchanged = await inventoryToken(system, person.session.access_token).catch(() => '');
    }
    expect(await inventoryAnswers(person.inventory)).toBe(401);
    bystander = await newPerson(system);
  });

  it('says in its metrics how old its knowledge is', async () => {
    for (const app of SERVICES) {
      let metrics = '';
      // After a restart it has to hear the issuer once.
      while (!metrics.includes('watchword_revocations_age_seconds{')) {
        metrics = await (await fetch(`${system.url(app)}/metrics`)).text();
      }
      expect(metrics).toMatch(/watchword_revocations\{issuer="[^"]+"\} \d+/);
    }
  });

  it('after the issuer was killed and started again', async () => {
    await system.apps.app('auth').stop('SIGKILL');
    system.apps.start('auth');
    await system.apps.ready(60_000, ['auth']);
    const person = await newPerson(system);
    await request('POST', at('/auth/logout'), { body: { refresh_token: person.session.refresh_token } });
    await expectRefused(system, person);
  }, 90_000);

  if (options.signing === 'asymmetric') {
    it('after a key was compromised: at once with all that it signed, and what the next key signs is let in', async () => {
      const person = await newPerson(system);
      const { body } = await request<{ kid: string; state: string }[]>('GET', at('/admin/keys'), { token: admin });
      const { kid } = JSON.parse(
        Buffer.from(person.session.access_token.split('.')[0] ?? '', 'base64url').toString(),
      ) as {
        kid: string;
      };
      expect(body.map((key) => key.kid)).toContain(kid);
      await administer('POST', `/keys/${kid}/compromise`);
      await expectRefused(system, person);
      bystander = await newPerson(system);
    });
  }
});

describeOnPostgres('with two instances of the issuer', () => {
  let system: TestSystem;
  let second: Awaited<ReturnType<TestSystem['startAnother']>>;
  beforeAll(async () => {
    system = await TestSystem.prepare({ database: 'postgres' });
    second = await system.startAnother('auth');
    const urls = [`${system.url('auth')}/security-events`, `${second.url}/security-events`].join(',');
    system.apps.start('auth');
    for (const app of SERVICES) system.apps.start(app, { AUTH_EVENTS_URLS: urls });
    await Promise.all([second.process.listening(), system.apps.ready(90_000)]);
  }, 120_000);
  afterAll(() => system?.close(), 30_000);

  /** Until it has happened: a busy machine may answer that it should be tried again. */
  async function logOut(base: string, { session }: Person): Promise<void> {
    const body = { refresh_token: session.refresh_token };
    while ((await request('POST', `${base}/auth/logout`, { body })).status !== 204) await nextTurn();
  }
  const signalAuth = (signal: NodeJS.Signals): boolean => process.kill(system.apps.app('auth').pid ?? 0, signal);

  it('what one of them revokes reaches those who follow the other', async () => {
    for (const base of [system.url('auth'), second.url]) {
      const person = await newPerson(system);
      await logOut(base, person);
      await expectRefused(system, person);
    }
  });

  it.each(['SIGSTOP', 'SIGKILL'] as const)(
    'followers go on with the other one after %s',
    async (signal) => {
      const person = await newPerson(system);
      const bystander = await newPerson(system);
      signalAuth(signal);
      await logOut(second.url, person);
      await expectRefused(system, person);
      expect(await answersTo(system, bystander)).toMatchObject(LET_IN);
      if (signal === 'SIGSTOP') signalAuth('SIGCONT');
    },
    60_000,
  );
});
