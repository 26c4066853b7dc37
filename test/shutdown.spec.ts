import { request } from './harness/http.js';
import { newCustomer, register, type Session } from './harness/people.js';
import { type Reply, sendMessages } from './harness/tcp-message.js';
import { TestSystem } from './harness/test-system.js';

describe('an app that is asked to stop', () => {
  let system: TestSystem;
  let session: Session;

  beforeAll(async () => {
    system = await TestSystem.start();
    session = await newCustomer(system);
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  it('answers the TCP messages that it has, then ends by itself', async () => {
    const metadata = { authorization: `Bearer ${session.access_token}` };
    const messages = Array.from({ length: 40 }, () => ({
      pattern: 'stock.reserve',
      data: { reservationId: crypto.randomUUID(), items: [{ sku: 'LAMP-OIL', quantity: 1 }] },
      metadata,
    }));
    const inventory = system.apps.app('inventory');
    let exit: ReturnType<typeof inventory.stop> | undefined;
    const replies: readonly Reply[] = await sendMessages(system.tcp, messages, (count) => {
      if (count === 1) exit = inventory.stop();
    });
    expect(replies.filter(({ err }) => err !== undefined && err !== null)).toEqual([]);
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('answers the HTTP requests that it has, then ends by itself', async () => {
    const credentials = await register(system);
    const auth = system.apps.app('auth');
    let exit: ReturnType<typeof auth.stop> | undefined;
    // Hashing passwords takes its time, one after the other: when the first is done, the others are in flight.
    const logins = Array.from({ length: 20 }, async () => {
      const { status } = await request('POST', `${system.url('auth')}/auth/login`, { body: credentials });
      exit ??= auth.stop();
      return status;
    });
    expect(new Set(await Promise.all(logins))).toEqual(new Set([200]));
    expect(await exit).toEqual({ code: 0, signal: null });
  });
});
