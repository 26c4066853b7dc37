import { createTestDatabase, DatabaseProxy, describeOnPostgres, type TestDatabase } from '@watchword/platform/testing';
import { randomBytes } from 'node:crypto';
import { expectProblem, startFirstPartyIssuer, type FirstPartyIssuer, type Tokens } from './first-party-issuer.js';

const GRACE_SECONDS = 1;

describeOnPostgres('a refresh token whose successor was lost with the connection to the database', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let issuer: FirstPartyIssuer;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await DatabaseProxy.open(database.url);
    issuer = await startFirstPartyIssuer({
      DATABASE_URL: proxy.url,
      KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
      REFRESH_GRACE: String(GRACE_SECONDS),
    });
  }, 60_000);

  afterAll(async () => {
    await issuer.close();
    await proxy.close();
    await database.drop();
  });

  const refresh = (token: string) => issuer.call('POST', '/auth/refresh', undefined, { refresh_token: token });

  /** Asks again and again, and is told to wait, until `seconds` have passed. */
  async function askInVain(token: string, seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      const answer = await refresh(token);
      expectProblem(answer, 503, 'temporarily_unavailable');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
  }

  async function askUntilAnswered(token: string) {
    for (;;) {
      const answer = await refresh(token);
      if (answer.status !== 503) return answer;
    }
  }

  it('gives it once the database is back, however long that took', async () => {
    const { refresh_token: token } = await issuer.person();
    const lost = proxy.loseAnswerTo('rotate_refresh_token');
    const first = refresh(token);
    await lost;
    proxy.cut();
    expectProblem(await first, 503, 'temporarily_unavailable');
    await askInVain(token, GRACE_SECONDS * 3);
    proxy.heal();
    const answer = await askUntilAnswered(token);
    expect(answer.status).toBe(200);
    expect((await refresh((answer.body as Tokens).refresh_token)).status).toBe(200);
  });

  it('ends the session all the same when it comes back later than the grace after that', async () => {
    const { refresh_token: token } = await issuer.person();
    const lost = proxy.loseAnswerTo('rotate_refresh_token');
    const first = refresh(token);
    await lost;
    proxy.cut();
    await first;
    await askInVain(token, GRACE_SECONDS);
    proxy.heal();
    const other = await askUntilAnswered((await issuerPerson()).refresh_token);
    const successor = (other.body as Tokens).refresh_token;
    const healed = Date.now();
    // Others refresh meanwhile, so that the database is known to be back.
    let latest = successor;
    while (Date.now() < healed + (GRACE_SECONDS + 2) * 1000) {
      latest = ((await refresh(latest)).body as Tokens).refresh_token;
    }
    expectProblem(await refresh(token), 400, 'invalid_grant');
  });

  async function issuerPerson() {
    for (;;) {
      const health = await issuer.call('GET', '/health/ready');
      if (health.status === 200) return issuer.person();
    }
  }
});
