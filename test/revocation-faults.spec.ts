import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestDatabase, DatabaseProxy, describeOnPostgres, type TestDatabase } from '@watchword/platform/testing';
import type { AppProcess } from '../scripts/system/app-process.mjs';
import type { AppName } from '../scripts/system/apps.mjs';
import { request } from './harness/http.js';
import { inventoryToken, logIn, register, type Session } from './harness/people.js';
import { sendMessage } from './harness/tcp-message.js';
import { TestSystem } from './harness/test-system.js';

const PEOPLE = 40;
/** How long faults come, in milliseconds. */
const TROUBLE_MS = 60_000;
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31));
const SERVICES: readonly AppName[] = ['orders', 'catalog', 'inventory'];

interface Person {
  readonly session: Session;
  readonly inventory: string;
  /** When the issuer had answered that the session is over. */
  hasEnded: boolean;
}

/** Numbers that follow from the seed alone (mulberry32), so that a run can be repeated. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describeOnPostgres(`revocation while parts of the system fail at random (SEED=${SEED})`, () => {
  const random = numbersFrom(SEED);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let system: TestSystem;
  let second: { process: AppProcess; readonly url: string };
  let events: string;
  const people: Person[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await DatabaseProxy.open(database.url);
    system = await TestSystem.prepare({ database: 'postgres', appEnv: { auth: { DATABASE_URL: proxy.url } } });
    system.apps.start('auth');
    second = await system.startAnother('auth');
    events = [system.url('auth'), second.url].map((url) => `${url}/security-events`).join(',');
    for (const app of SERVICES) start(app);
    await Promise.all([second.process.listening(), system.apps.ready(90_000)]);
    for (let count = 0; count < PEOPLE; count += 1) {
      const session = await logIn(system, await register(system));
      people.push({ session, inventory: await inventoryToken(system, session.access_token), hasEnded: false });
    }
  }, 180_000);

  afterAll(async () => {
    await system?.close();
    await proxy?.close();
    await database?.drop();
  }, 60_000);

  const start = (app: AppName) => system.apps.start(app, { AUTH_EVENTS_URLS: events });
  const signal = (child: AppProcess, name: NodeJS.Signals): void => void process.kill(child.pid ?? 0, name);

  /** Each breaks something, and makes it whole again. */
  const FAULTS: Readonly<Record<string, () => Promise<void>>> = {
    'a service is killed': async () => {
      const app = oneOf(SERVICES);
      await system.apps.app(app).stop('SIGKILL');
      start(app);
      await system.apps.ready(60_000, [app]);
    },
    'an instance of the issuer is killed': async () => {
      await system.apps.app('auth').stop('SIGKILL');
      await pause(500 + random() * 2000);
      system.apps.start('auth');
      // A process that loses its database while it starts ends; nobody here would start it again.
      await system.apps.ready(60_000, ['auth']);
    },
    'an instance of the issuer hangs': async () => {
      const instance = oneOf([system.apps.app('auth'), second.process]);
      signal(instance, 'SIGSTOP');
      await pause(1000 + random() * 4000);
      signal(instance, 'SIGCONT');
    },
    'a service hangs': async () => {
      const instance = system.apps.app(oneOf(SERVICES));
      signal(instance, 'SIGSTOP');
      await pause(1000 + random() * 4000);
      signal(instance, 'SIGCONT');
    },
    'the database is cut off': async () => {
      proxy.cut();
      await pause(1000 + random() * 3000);
      proxy.heal();
    },
    'the database is silent': async () => {
      proxy.silence();
      await pause(1000 + random() * 3000);
      proxy.heal();
    },
  };

  async function endSession(person: Person): Promise<void> {
    const body = { refresh_token: person.session.refresh_token };
    for (;;) {
      const base = oneOf([system.url('auth'), second.url]);
      const answer = await request('POST', `${base}/auth/logout`, { body }).catch(() => undefined);
      if (answer?.status === 204) break;
      await pause(100);
    }
    person.hasEnded = true;
  }

  /** What each service answers; undefined where it answers nothing. */
  async function answersTo({ session, inventory }: Person): Promise<(number | undefined)[]> {
    const token = session.access_token;
    return Promise.all([
      request('POST', `${system.url('catalog')}/products`, { token, body: {} })
        .then(({ status }) => status)
        .catch(() => undefined),
      request('GET', `${system.url('orders')}/orders`, { token })
        .then(({ status }) => status)
        .catch(() => undefined),
      sendMessage(system.tcp, {
        pattern: 'stock.read',
        data: { skus: ['LAMP-OIL'] },
        metadata: { authorization: `Bearer ${inventory}` },
      })
        .then(({ err }) => (err === undefined ? 200 : typeof err === 'object' ? err.status : undefined))
        .catch(() => undefined),
    ]);
  }

  /** Who is logged in is never refused, whatever is broken. */
  async function expectNoWrongRefusal(): Promise<void> {
    const [bystander] = people;
    if (bystander === undefined) throw new Error('There is nobody');
    const answers = await answersTo(bystander);
    expect([faults.at(-1), answers.includes(401)]).toEqual([faults.at(-1), false]);
  }

  it(
    'never refuses who is logged in, and refuses who is not once all is whole',
    async () => {
      const end = Date.now() + TROUBLE_MS;
      while (Date.now() < end) {
        const [name, fault] = oneOf(Object.entries(FAULTS));
        faults.push(name);
        const candidates = people.filter(({ hasEnded }) => !hasEnded).slice(1);
        const [broken] = await Promise.all([
          fault(),
          ...(candidates.length > 0 ? [endSession(oneOf(candidates))] : []),
          expectNoWrongRefusal(),
        ]);
        expect(broken).toBeUndefined();
      }
      await system.apps.ready(60_000);
      const ended = people.filter(({ hasEnded }) => hasEnded);
      expect(ended.length).toBeGreaterThan(5);
      for (const person of ended) {
        let answers: (number | undefined)[] = [];
        while (answers.some((status) => status !== 401) || answers.length === 0) answers = await answersTo(person);
      }
      for (const person of people.filter(({ hasEnded }) => !hasEnded)) {
        expect((await answersTo(person)).filter((status) => status === 401 || status === undefined)).toEqual([]);
      }
    },
    TROUBLE_MS + 120_000,
  );
});
