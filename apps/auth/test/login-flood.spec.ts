import { DATABASE } from '@watchword/platform';
import { setImmediate } from 'node:timers/promises';
import { PasswordHasher } from '../src/accounts/password-hasher.js';
import type { AuthDatabase } from '../src/database/auth-database.js';
import { newId } from '../src/database/new-id.js';
import { accounts } from '../src/database/schema/index.js';
import { expectProblem, PASSWORD, startFirstPartyIssuer, type FirstPartyIssuer } from './first-party-issuer.js';

const NETWORK = '127.0.0.1';
const PEOPLE = 200;
/** Far too short for all of them. */
const QUEUE = 20;

describe('200 people who log in at once', () => {
  let issuer: FirstPartyIssuer;
  const emails = Array.from({ length: PEOPLE }, (_, index) => `person-${String(index)}@example.com`);
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer({
      PASSWORD_HASH_CONCURRENCY: '1',
      PASSWORD_HASH_QUEUE: String(QUEUE),
    });
    const passwordHash = await issuer.app.get<PasswordHasher>(PasswordHasher).hash(PASSWORD, NETWORK);
    const now = new Date();
    const rows = emails.map((email) => ({ id: newId(now.getTime()), email, emailKey: email, passwordHash }));
    await issuer.app
      .get<AuthDatabase>(DATABASE)
      .insert(accounts)
      .values(rows.map((row) => ({ ...row, passwordChangedAt: now, createdAt: now })));
  }, 60_000);
  afterAll(() => issuer.close());

  it('are let in or told when to come again, and nobody is lost', async () => {
    const hasher = issuer.app.get<PasswordHasher>(PasswordHasher);
    const refused: string[] = [];
    const keepFull = async (): Promise<void> => {
      while (refused.length === 0) await hasher.hash(PASSWORD, NETWORK).catch(() => setImmediate());
    };
    // However slowly people arrive here, the queue is full when they do.
    const occupants = Promise.all(Array.from({ length: QUEUE + 1 }, keepFull));
    let comingAgain: Promise<unknown> = Promise.resolve();
    const logIn = async (email: string): Promise<number> => {
      const answer = await issuer.call('POST', '/auth/login', undefined, { email, password: PASSWORD });
      if (answer.status !== 503) return answer.status;
      expectProblem(answer, 503, 'overloaded');
      expect(answer.headers.get('retry-after')).toBe('1');
      refused.push(email);
      await occupants;
      // One after the other: who is told to wait comes again, until the queue has room.
      const again = comingAgain.then(() => untilLoggedIn(email));
      comingAgain = again.catch(() => undefined);
      return again;
    };
    const untilLoggedIn = async (email: string): Promise<number> => {
      for (;;) {
        const { status } = await issuer.call('POST', '/auth/login', undefined, { email, password: PASSWORD });
        if (status !== 503) return status;
      }
    };
    const statuses = await Promise.all(emails.map(logIn));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refused).not.toHaveLength(0);
    // The time limit only ends a hang: a busy machine takes as long as it takes.
  }, 600_000);

  it('leave the event loop to others: /health/live answers while passwords are being hashed', async () => {
    const hasher = issuer.app.get<PasswordHasher>(PasswordHasher);
    let left = QUEUE + 1;
    const hashes = Array.from({ length: left }, async () => {
      await hasher.hash(PASSWORD, NETWORK);
      left -= 1;
    });
    const login = issuer.call('POST', '/auth/login', undefined, { email: emails[0], password: PASSWORD });
    expect((await fetch(`${issuer.url}/health/live`)).status).toBe(200);
    // Hashed in place, all of them would have been done before the request was even sent.
    expect(left).toBeGreaterThan(0);
    expect([200, 503]).toContain((await login).status);
    await Promise.all(hashes);
  }, 600_000);
});
