import fc from 'fast-check';
import type { JWK } from 'jose';
import {
  createTestIssuer,
  ManualClock,
  type TestIssuer,
  withBrokenSignature,
  withClaims,
} from '../src/testing/index.js';
import { AuthError, type RevocationCheck, TokenVerifier } from '../src/verification/index.js';

/** One thing that happens to a service. Numbers choose among what there is when it happens. */
type Step =
  | { do: 'mint'; lifetime: number; notBefore: number; session: number }
  | { do: 'present'; token: number; as: 'is' | 'tampered' | 'broken' }
  | { do: 'pass'; seconds: number }
  | { do: 'rotate' | 'refresh' }
  | { do: 'retire' | 'withdraw'; key: number }
  | { do: 'revoke' | 'pardon'; session: number };

const choice = fc.nat({ max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mint' as const),
      lifetime: fc.integer({ min: 1, max: 600 }),
      notBefore: fc.integer({ min: -10, max: 60 }),
      session: choice,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('present' as const),
      token: choice,
      as: fc.constantFrom('is' as const, 'is' as const, 'tampered' as const, 'broken' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: -120, max: 300 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('rotate' as const, 'refresh' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('retire' as const, 'withdraw' as const), key: choice }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'pardon' as const), session: choice }) },
);

/** The same world seen by two verifiers, of which one remembers. */
class World {
  readonly clock = new ManualClock();
  readonly sessions = new Set<string>();
  readonly tokens: string[] = [];
  published: { keys: JWK[] };
  readonly verifiers: readonly TokenVerifier[];

  constructor(
    readonly issuer: TestIssuer,
    readonly keyIds: string[] = [issuer.key.keyId],
  ) {
    this.published = issuer.jwks();
    const revocations: RevocationCheck = { isRevoked: ({ sessionId }) => this.sessions.has(sessionId ?? '') };
    this.verifiers = ([{ maxEntries: 3 }, {}, false] as const).map(
      (cache) =>
        new TokenVerifier({
          issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { load: async () => this.published } }],
          clock: this.clock,
          revocations,
          cache,
        }),
    );
  }

  async take(step: Step): Promise<void> {
    const keyId = 'key' in step ? (this.keyIds[step.key % this.keyIds.length] ?? '') : '';
    switch (step.do) {
      case 'mint': {
        const now = this.clock.now() / 1000;
        const claims = {
          iat: now,
          exp: now + step.lifetime,
          nbf: Math.max(0, now + step.notBefore),
          sid: `session-${step.session}`,
        };
        this.tokens.push(await this.issuer.mint(claims));
        return;
      }
      case 'present':
        return this.present(step.token, step.as);
      case 'pass':
        return this.clock.advance(step.seconds);
      case 'rotate':
        this.keyIds.push((await this.issuer.rotate()).keyId);
        this.published = this.issuer.jwks();
        return;
      case 'retire': {
        const keys = this.published.keys.filter(({ kid }) => kid !== keyId);
        if (keys.length > 0) this.published = { keys };
        return;
      }
      case 'refresh':
        await Promise.all(this.verifiers.map((verifier) => verifier.refreshKeys()));
        return;
      case 'withdraw':
        for (const verifier of this.verifiers) verifier.revokeKey(this.issuer.issuer, keyId);
        return;
      case 'revoke':
        this.sessions.add(`session-${step.session}`);
        return;
      case 'pardon':
        this.sessions.delete(`session-${step.session}`);
        return;
    }
  }

  async present(index: number, as: 'is' | 'tampered' | 'broken'): Promise<void> {
    const token = this.tokens[index % Math.max(1, this.tokens.length)];
    if (token === undefined) return;
    const shown = {
      is: () => token,
      tampered: () => withClaims(token, { roles: ['admin'] }),
      broken: () => withBrokenSignature(token),
    }[as]();
    const [small, large, none] = await Promise.all(this.verifiers.map((verifier) => answer(verifier, shown)));
    expect(small).toEqual(none);
    expect(large).toEqual(none);
  }
}

/** All that a caller can see of a verification. */
async function answer(verifier: TokenVerifier, token: string): Promise<unknown> {
  try {
    return await verifier.verify(Buffer.from(token).toString());
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { code: error.code, claim: error.claim };
  }
}

describe('a verifier that remembers tokens', () => {
  it('never disagrees with one that does not, whatever happens to tokens, clock, keys and sessions', async () => {
    const run = async (steps: Step[]) => {
      const world = new World(await createTestIssuer());
      try {
        await Promise.all(world.verifiers.map((verifier) => verifier.start()));
        for (const step of steps) await world.take(step);
      } finally {
        for (const verifier of world.verifiers) verifier.stop();
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), run), { numRuns: 60 });
  }, 60_000);
});
