import { DATABASE } from '@watchword/platform';
import { PasswordHasher } from '../src/accounts/password-hasher.js';
import type { AuthDatabase } from '../src/database/auth-database.js';
import { newId } from '../src/database/new-id.js';
import { accounts } from '../src/database/schema/index.js';
import { expectProblem, PASSWORD, startFirstPartyIssuer, type FirstPartyIssuer } from './first-party-issuer.js';

const PEOPLE = 200;
/** Long enough to be full for a while, short enough for 200 people to be too many. */
const QUEUE = 20;

describe('200 people who log in at once', () => {
  let issuer: FirstPartyIssuer;
  const emails = Array.from({ length: PEOPLE }, (_, index) => `person-${String(index)}@example.com`);
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer({
      PASSWORD_HASH_CONCURRENCY: '1',
      PASSWORD_HASH_QUEUE: String(QUEUE),
    });
    const passwordHash = await issuer.app.get<PasswordHasher>(PasswordHasher).hash(PASSWORD);
    const now = new Date();
    const rows = emails.map((email) => ({ id: newId(now.getTime()), email, emailKey: email, passwordHash }));
    await issuer.app
      .get<AuthDatabase>(DATABASE)
      .insert(accounts)
      .values(rows.map((row) => ({ ...row, passwordChangedAt: now, createdAt: now })));
  }, 60_000);
  afterAll(() => issuer.close());

  it('are let in or told when to come again, and nobody is lost', async () => {
    const answers = await Promise.all(
      emails.map((email) => issuer.call('POST', '/auth/login', undefined, { email, password: PASSWORD })),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(PEOPLE);
    for (const answer of refused) {
      expectProblem(answer, 503, 'overloaded');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  }, 60_000);

  it('are let in when they come again', async () => {
    const { status } = await issuer.call('POST', '/auth/login', undefined, {
      email: emails.at(-1),
      password: PASSWORD,
    });
    expect(status).toBe(200);
  });

  it('leave the event loop to others: /health/live answers while passwords are being hashed', async () => {
    const hasher = issuer.app.get<PasswordHasher>(PasswordHasher);
    let left = QUEUE + 1;
    const hashes = Array.from({ length: left }, async () => {
      await hasher.hash(PASSWORD);
      left -= 1;
    });
    const login = issuer.call('POST', '/auth/login', undefined, { email: emails[0], password: PASSWORD });
    expect((await fetch(`${issuer.url}/health/live`)).status).toBe(200);
    // Hashed in place, all of them would have been done before the request was even sent.
    expect(left).toBeGreaterThan(0);
    expect([200, 503]).toContain((await login).status);
    await Promise.all(hashes);
  });
});
