import { ManualClock } from '@watchword/auth/testing';
import { CLIENT_CACHE_MS, ClientDirectory } from './client-directory.js';
import type { Client } from './client.js';

const client = (id: string, name = id) => ({ id, name }) as Client;

/** A database whose answers the test gives. */
function setUp() {
  const clock = new ManualClock();
  const asked: { id: string; answer: (client: Client | undefined) => void; fail: (error: Error) => void }[] = [];
  const directory = new ClientDirectory((id) => new Promise((answer, fail) => asked.push({ id, answer, fail })), clock);
  return { clock, asked, directory };
}

describe('a client', () => {
  it('is asked for once a second, however many want it', async () => {
    const { clock, asked, directory } = setUp();
    const waiting = [directory.find('orders'), directory.find('orders')].map((found) => Promise.resolve(found));
    asked[0]!.answer(client('orders'));
    expect(await Promise.all(waiting)).toEqual([client('orders'), client('orders')]);
    clock.advance((CLIENT_CACHE_MS - 1) / 1000);
    expect(directory.find('orders')).toEqual(client('orders'));
    expect(asked).toHaveLength(1);
    clock.advance(0.001);
    void directory.find('orders');
    expect(asked).toHaveLength(2);
  });

  it('is good for a second from the question, however long the answer takes', async () => {
    const { clock, asked, directory } = setUp();
    const first = directory.find('orders');
    clock.advance(CLIENT_CACHE_MS / 1000);
    asked[0]!.answer(client('orders'));
    await first;
    void directory.find('orders');
    expect(asked).toHaveLength(2);
  });

  it('is asked for again when the clock was set back', async () => {
    const { clock, asked, directory } = setUp();
    const first = directory.find('orders');
    asked[0]!.answer(client('orders'));
    await first;
    clock.advance(-3600);
    void directory.find('orders');
    expect(asked).toHaveLength(2);
  });

  it('that there is not is not asked for at every guess', async () => {
    const { asked, directory } = setUp();
    const first = directory.find('nobody');
    asked[0]!.answer(undefined);
    await first;
    expect(directory.find('nobody')).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('is read anew once it has changed, also when it was being read meanwhile', async () => {
    const { asked, directory } = setUp();
    const before = directory.find('orders');
    directory.forget('orders');
    const after = directory.find('orders');
    asked[1]!.answer(client('orders', 'new'));
    asked[0]!.answer(client('orders', 'old'));
    expect(await before).toEqual(client('orders', 'old'));
    expect(await after).toEqual(client('orders', 'new'));
    expect(directory.find('orders')).toEqual(client('orders', 'new'));
  });

  it('is asked for again after the database failed, and nothing is made of the failure', async () => {
    const { asked, directory } = setUp();
    const failing = directory.find('orders');
    asked[0]!.fail(new Error('down'));
    await expect(failing).rejects.toThrow('down');
    const again = directory.find('orders');
    asked[1]!.answer(client('orders'));
    expect(await again).toEqual(client('orders'));
  });
});
