import { OneAtATime } from './one-at-a-time.js';
import { PasswordHasher } from './password-hasher.js';

const NETWORK = '192.0.2.1';
const OVERLOADED = { kind: 'unavailable', code: 'overloaded', retryAfterMs: 1000 };

describe('the password hasher', () => {
  const hasher = new PasswordHasher({ concurrency: 2, queueLimit: 3 });

  it('hashes with argon2id and the parameters of OWASP', async () => {
    expect(await hasher.hash('secret', NETWORK)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('knows the password again, however its characters are composed, and no other', async () => {
    const stored = await hasher.hash('caf\u00e9 ouvert', NETWORK);
    expect(await hasher.verify(stored, 'cafe\u0301 ouvert', NETWORK)).toBe(true);
    expect(await hasher.verify(stored, 'cafe ouvert', NETWORK)).toBe(false);
  });

  it('does not cut long passwords off', async () => {
    const long = 'x'.repeat(127);
    const stored = await hasher.hash(`${long}a`, NETWORK);
    expect(await hasher.verify(stored, `${long}b`, NETWORK)).toBe(false);
  });

  it('answers false without an account', async () => {
    expect(await hasher.verify(undefined, 'secret', NETWORK)).toBe(false);
  });

  it('refuses what does not fit into its queue, and does all the rest', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 9 }, () => hasher.hash('secret', NETWORK)));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(refused[0]?.reason).toMatchObject(OVERLOADED);
    await expect(hasher.hash('secret', NETWORK)).resolves.toBeDefined();
  });
});

describe('one at a time', () => {
  it('does the work of one key in turn, that of others meanwhile', async () => {
    const turns = new OneAtATime(10);
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
    };
    await Promise.all([turns.run('a', work('a1')), turns.run('a', work('a2')), turns.run('b', work('b1'))]);
    expect(log.filter((line) => line.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
    expect(log.indexOf('b1 begins')).toBeLessThan(log.indexOf('a2 begins'));
  });

  it('goes on after a failure', async () => {
    const turns = new OneAtATime(10);
    const failed = turns.run('a', () => Promise.reject(new Error('no')));
    const next = turns.run('a', () => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('does not wait forever for work that hangs, and leaves out what was not waited for', async () => {
    const turns = new OneAtATime(10, 20);
    let end: () => void = () => undefined;
    const hanging = turns.run('a', () => new Promise<void>((resolve) => (end = resolve)));
    const begun: string[] = [];
    const work = (name: string) => () => Promise.resolve(begun.push(name));
    await expect(turns.run('a', work('refused'))).rejects.toMatchObject(OVERLOADED);
    const next = turns.run('a', work('next'));
    end();
    await Promise.all([hanging, next]);
    expect(begun).toEqual(['next']);
  });

  it('refuses when too many wait for one key, and forgets when nobody waits', async () => {
    const turns = new OneAtATime(1);
    const work = () => Promise.resolve();
    const answers = await Promise.allSettled([turns.run('a', work), turns.run('a', work), turns.run('a', work)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(turns.run('a', work)).resolves.toBeUndefined();
  });
});
