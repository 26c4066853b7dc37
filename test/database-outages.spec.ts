import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestDatabase, DatabaseProxy, describeOnPostgres, type TestDatabase } from '@watchword/platform/testing';
import pg from 'pg';
import { APPS, type AppName } from '../scripts/system/apps.mjs';
import { request } from './harness/http.js';
import { type Credentials, logIn, register, type Session } from './harness/people.js';
import { TestSystem } from './harness/test-system.js';

const PEOPLE = 4;
/** How long each trouble lasts. */
const TROUBLE_MS = 30_000;
/** Nobody waits for longer than that once the databases are back, in milliseconds. */
const WHOLE_WITHIN = 5_000;
const SKU = 'TILE-OAK';

interface Person {
  readonly credentials: Credentials;
  session: Session;
  /** `Idempotency-Key` of each order that was begun. */
  readonly keys: string[];
}

describeOnPostgres('while the databases of all apps are lost under load', () => {
  let system: TestSystem;
  const databases = new Map<AppName, { readonly database: TestDatabase; readonly proxy: DatabaseProxy }>();
  const people: Person[] = [];
  const load = { over: false, refusals: 0 };
  let working: Promise<unknown>;

  const proxies = () => [...databases.values()].map(({ proxy }) => proxy);

  beforeAll(async () => {
    for (const app of APPS) {
      const database = await createTestDatabase();
      databases.set(app, { database, proxy: await DatabaseProxy.open(database.url) });
    }
    system = await TestSystem.start({
      appEnv: Object.fromEntries([...databases].map(([app, { proxy }]) => [app, { DATABASE_URL: proxy.url }])),
    });
    for (let index = 0; index < PEOPLE; index += 1) {
      const credentials = await register(system);
      people.push({ credentials, session: await logIn(system, credentials), keys: [] });
    }
    working = Promise.all(people.flatMap((person) => [refreshing(person), ordering(person)]));
  }, 120_000);

  afterAll(async () => {
    load.over = true;
    await system?.close();
    for (const { database, proxy } of databases.values()) {
      await proxy.close();
      await database.drop();
    }
  }, 30_000);

  /** The answer, once it is none of those that say "later". */
  async function untilAnswered<T>(ask: () => Promise<{ status: number; headers: Headers; body: T }>) {
    const deadline = Date.now() + 4 * TROUBLE_MS;
    while (Date.now() < deadline) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined && answer.status < 500) return answer;
      if (answer?.status === 503) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      load.refusals += 1;
      await pause(50);
    }
    throw new Error('It was never answered');
  }

  async function refreshing(person: Person): Promise<void> {
    while (!load.over) {
      const { refresh_token } = person.session;
      const { status, body } = await untilAnswered(() =>
        request<Session>('POST', `${system.url('auth')}/auth/refresh`, { body: { refresh_token } }),
      );
      if (status !== 200) throw new Error(`A session was lost: ${status} ${JSON.stringify(body)}`);
      person.session = body;
      await pause(20);
    }
  }

  async function ordering(person: Person): Promise<void> {
    while (!load.over) {
      const key = randomUUID();
      person.keys.push(key);
      const { status, body } = await untilAnswered(() => placeOrder(person, key));
      if (status !== 201) throw new Error(`An order was refused: ${status} ${JSON.stringify(body)}`);
      await pause(20);
    }
  }

  const placeOrder = (person: Person, key: string) =>
    request<{ id: string }>('POST', `${system.url('orders')}/orders`, {
      token: person.session.access_token,
      body: { items: [{ sku: SKU, quantity: 1 }] },
      headers: { 'idempotency-key': key },
    });

  /** Each app answers everything that needs its database, before the deadline. */
  async function expectWhole(): Promise<void> {
    const [person] = people;
    if (person === undefined) throw new Error('There is nobody');
    const key = randomUUID();
    person.keys.push(key);
    const asked: Readonly<Record<string, () => Promise<{ status: number }>>> = {
      'a login': () =>
        request('POST', `${system.url('auth')}/auth/login`, { body: people.at(-1)?.credentials ?? person.credentials }),
      'a product': () => request('GET', `${system.url('catalog')}/products/${SKU}`),
      'an order, with its stock': () => placeOrder(person, key),
    };
    const deadline = Date.now() + WHOLE_WITHIN;
    for (const [what, ask] of Object.entries(asked)) {
      let status = 0;
      while (status !== 200 && status !== 201) {
        if (Date.now() > deadline) throw new Error(`${what} is answered ${status} still`);
        ({ status } = await ask().catch(() => ({ status: 0 })));
      }
    }
    expect(APPS.filter((app) => !system.apps.app(app).running)).toEqual([]);
  }

  async function terminateAll(): Promise<void> {
    for (const { database } of databases.values()) {
      const client = new pg.Client(database.url);
      await client.connect();
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await client.end();
    }
  }

  it('no process ends when the servers end connections, and all is whole again', async () => {
    const end = Date.now() + TROUBLE_MS;
    while (Date.now() < end) {
      await terminateAll();
      await pause(200);
    }
    await expectWhole();
  }, 90_000);

  it('no process ends while the network is cut, and all is whole again', async () => {
    const before = load.refusals;
    for (const proxy of proxies()) proxy.cut();
    await pause(TROUBLE_MS);
    expect(load.refusals).toBeGreaterThan(before);
    for (const proxy of proxies()) proxy.heal();
    await expectWhole();
  }, 90_000);

  it('no process ends while the network is silent, and all is whole again', async () => {
    const before = load.refusals;
    for (const proxy of proxies()) proxy.silence();
    await pause(TROUBLE_MS);
    expect(load.refusals).toBeGreaterThan(before);
    for (const proxy of proxies()) proxy.heal();
    await expectWhole();
  }, 90_000);

  it('no session and no order is lost, and none is there twice', async () => {
    load.over = true;
    await working;
    for (const person of people) {
      const { status } = await request('POST', `${system.url('auth')}/auth/refresh`, {
        body: { refresh_token: person.session.refresh_token },
      });
      expect(status).toBe(200);
      const ids = new Set<string>();
      for (const key of person.keys) ids.add((await untilAnswered(() => placeOrder(person, key))).body.id);
      expect(ids.size).toBe(person.keys.length);
      expect(await confirmedOrders(person)).toBe(person.keys.length);
    }
  }, 120_000);

  /** An attempt that failed leaves a cancelled one behind. */
  async function confirmedOrders({ session }: Person): Promise<number> {
    let count = 0;
    let after: string | null = '';
    while (after !== null) {
      const query: string = after === '' ? '' : `&after=${after}`;
      const { body } = await request<{ items: { status: string }[]; next: string | null }>(
        'GET',
        `${system.url('orders')}/orders?limit=100${query}`,
        { token: session.access_token },
      );
      count += body.items.filter(({ status }) => status === 'confirmed').length;
      after = body.next;
    }
    return count;
  }
});
