import { setTimeout as pause } from 'node:timers/promises';
import { TokenVerifier } from '@watchword/auth';
import { describeOnPostgres } from '@watchword/platform/testing';
import type { AppProcess } from '../scripts/system/app-process.mjs';
import { request } from './harness/http.js';
import { issuerToken, newCustomer, type Session } from './harness/people.js';
import { TestSystem } from './harness/test-system.js';

const ROTATIONS = 20;
const TOKEN_LIFETIME = 8;

/** Seconds between two looks of a verifier at the published keys; KEY_VERIFIER_CACHE promises the issuer no more than twice that. */
const VERIFIER_REFRESH = 1;

/** Nearly as short as the issuer lets them be: what is unsafe does not boot. In seconds. */
const timing = {
  ACCESS_TOKEN_TTL: String(TOKEN_LIFETIME),
  CLOCK_TOLERANCE: '5',
  JWKS_MAX_AGE: '0',
  KEY_VERIFIER_CACHE: '1',
  KEY_SAFETY_MARGIN: '1',
  KEY_RING_POLL: '1',
  KEY_RING_LEASE: '2',
  KEY_PUBLISH_AHEAD: '5',
  KEY_ROTATION_INTERVAL: '5',
  KEY_RETIREMENT: '20',
};

interface Key {
  readonly kid: string;
  readonly state: string;
}

interface Instance {
  readonly url: string;
  readonly process: AppProcess;
}

const keyIdOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')) as { kid: string }).kid;

/** A service that trusts the issuer and fetches its keys from one of the instances. */
const verifierOf = (issuer: string, instance: string): TokenVerifier =>
  new TokenVerifier({
    issuers: [{ issuer, audience: 'orders', keys: { jwksUri: `${instance}/.well-known/jwks.json` } }],
    keyCache: { refreshInterval: VERIFIER_REFRESH },
  });

describeOnPostgres('three instances of auth on one PostgreSQL rotate their keys', () => {
  let system: TestSystem;
  let issuers: Instance[] = [];
  let verifiers: TokenVerifier[] = [];

  beforeAll(async () => {
    system = await TestSystem.prepare({ database: 'postgres', appEnv: { auth: timing } });
    const others = [await system.startAnother('auth'), await system.startAnother('auth')];
    system.apps.start('auth');
    await Promise.all([system.apps.ready(90_000, ['auth']), ...others.map(({ process }) => process.listening(90_000))]);
    issuers = [{ url: system.url('auth'), process: system.apps.app('auth') }, ...others];
    verifiers = issuers.map(({ url }) => verifierOf(system.url('auth'), url));
    await Promise.all(verifiers.map((verifier) => verifier.start()));
  }, 120_000);

  afterAll(async () => {
    for (const verifier of verifiers) verifier.stop();
    await system?.close();
  }, 30_000);

  it(
    `${ROTATIONS} times, and not one token is refused meanwhile`,
    async () => {
      const keyIds = new Set<string>();
      const refused: unknown[] = [];
      let verified = 0;

      async function verify(token: string): Promise<void> {
        for (const verifier of verifiers) {
          try {
            await verifier.verify(token);
            verified += 1;
          } catch (error) {
            refused.push({ error, keyId: keyIdOf(token), after: keyIds.size, keys: verifier.status() });
          }
        }
      }

      /** Refreshes at one instance after the other, and verifies the new token and one that is about to end. */
      async function client(first: Session): Promise<void> {
        let session = first;
        const recent: { token: string; until: number }[] = [];
        for (let turn = 0; keyIds.size < ROTATIONS + 1; turn += 1) {
          const { url } = issuers[turn % issuers.length] ?? issuers[0]!;
          const body = { refresh_token: session.refresh_token };
          const answer = await request<Session>('POST', `${url}/auth/refresh`, { body });
          // An instance that has not seen its database in time signs nothing: that is no refusal of a token.
          if (answer.status === 503) continue;
          expect(answer.status).toBe(200);
          session = answer.body;
          keyIds.add(keyIdOf(session.access_token));
          recent.push({ token: session.access_token, until: Date.now() + (TOKEN_LIFETIME - 2) * 1000 });
          while ((recent[0]?.until ?? Infinity) < Date.now()) recent.shift();
          for (const { token } of [recent[0], recent.at(-1)].filter((entry) => entry !== undefined))
            await verify(token);
          await pause(20);
        }
      }

      const sessions = await Promise.all([1, 2, 3].map(() => newCustomer(system)));
      await Promise.all(sessions.map((session) => client(session)));
      expect(refused).toEqual([]);
      expect(verified).toBeGreaterThan(ROTATIONS);
    },
    (ROTATIONS * 4 + 120) * 1000,
  );

  it('and have exactly one active key, whenever one of them is killed in the middle of it', async () => {
    const token = (): Promise<string> => issuerToken(system);
    const active = async (): Promise<readonly Key[]> => {
      const { body } = await request<readonly Key[]>('GET', `${system.url('auth')}/admin/keys`, {
        token: await token(),
      });
      return body.filter(({ state }) => state === 'active');
    };
    for (const delay of [0, 5, 15]) {
      const victim = await system.startAnother('auth');
      await victim.process.listening();
      const rotation = request('POST', `${victim.url}/admin/keys/rotate`, { token: await token() }).catch(
        () => undefined,
      );
      await pause(delay);
      await victim.process.stop('SIGKILL');
      await rotation;
      expect(await active()).toHaveLength(1);
    }
  }, 120_000);
});
