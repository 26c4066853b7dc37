import { jest } from '@jest/globals';
import fc from 'fast-check';
import {
  createSigningKey,
  createTestIssuer,
  encodeSegment,
  ManualClock,
  type SigningKey,
  type TestIssuer,
  withBrokenSignature,
  withClaims,
} from '../src/entry/testing.js';
import { AuthError, type RevocationCheck, TokenVerifier, type TrustedIssuer } from '../src/verification/index.js';

/** One thing that happens to a service. Numbers choose among what there is when it happens. */
type Step =
  | { do: 'mint'; issuer: number; key: number; lifetime: number; notBefore: number; session: number; size: number }
  | { do: 'present'; token: number; as: 'is' | 'tampered' | 'broken' | 'crossed' | 'spliced' | 'relabelled' }
  | { do: 'pass'; seconds: number }
  | { do: 'publish' | 'retire' | 'replace' | 'withdraw'; issuer: number; key: number }
  | { do: 'refresh' | 'break' | 'mend' }
  | { do: 'revoke' | 'pardon'; session: number };

const choice = fc.nat({ max: 7 });
const issuer = fc.nat({ max: 1 });
/** Few, so that kids meet again: with other material, and at the other issuer. */
const key = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('mint' as const),
      issuer,
      key,
      lifetime: fc.integer({ min: 1, max: 900 }),
      notBefore: fc.constantFrom(-10, -10, -10, 60),
      session: choice,
      size: fc.constantFrom(0, 0, 1000),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('present' as const),
      token: fc.nat({ max: 3 }),
      as: fc.oneof(
        { weight: 8, arbitrary: fc.constant('is' as const) },
        { weight: 2, arbitrary: fc.constantFrom('tampered', 'broken', 'crossed', 'spliced', 'relabelled') },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: -120, max: 200 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('publish', 'publish', 'retire', 'replace', 'withdraw'),
      issuer,
      key,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('refresh', 'refresh', 'refresh', 'mend', 'break') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('revoke', 'pardon'), session: choice }) },
);

/** Two issuers whose keys have the same kids, and what they publish. */
class Issuers {
  up = true;
  readonly all: readonly {
    readonly issuer: TestIssuer;
    readonly keys: SigningKey[];
    readonly published: Set<number>;
  }[];

  private constructor(issuers: readonly TestIssuer[], keys: readonly SigningKey[][]) {
    this.all = issuers.map((made, i) => ({ issuer: made, keys: [...(keys[i] ?? [])], published: new Set([0, 1, 2]) }));
  }

  static async create(clock: ManualClock): Promise<Issuers> {
    const issuers = ['https://one.test', 'https://two.test'].map((name) => createTestIssuer({ issuer: name, clock }));
    const keys = [0, 1].map(() => Promise.all([0, 1, 2].map((index) => namedKey(index))));
    return new Issuers(await Promise.all(issuers), await Promise.all(keys));
  }

  trusted(): [TrustedIssuer, ...TrustedIssuer[]] {
    return this.all.map(({ issuer: { issuer: name }, keys, published }) => ({
      issuer: name,
      audience: 'orders',
      keys: {
        load: async () => {
          if (!this.up) throw new Error('down');
          return { keys: keys.flatMap(({ publicJwk }, index) => (published.has(index) ? (publicJwk ?? []) : [])) };
        },
      },
    })) as unknown as [TrustedIssuer];
  }
}

async function namedKey(index: number): Promise<SigningKey> {
  const made = await createSigningKey('ES256');
  const keyId = `key-${index}`;
  return { ...made, keyId, publicJwk: { ...made.publicJwk, kty: 'EC', kid: keyId } };
}

/** The same world seen by several verifiers, of which one remembers nothing. */
class World {
  readonly tokens: string[] = [];
  readonly revoked = new Set<string>();
  readonly verifiers: readonly TokenVerifier[];

  constructor(
    readonly clock: ManualClock,
    readonly issuers: Issuers,
  ) {
    const revocations: RevocationCheck = { isRevoked: ({ sessionId }) => this.revoked.has(sessionId ?? '') };
    const caches = [false, {}, { maxEntries: 1 }, { maxEntries: 3 }, { maxBytes: 10_000 }] as const;
    this.verifiers = caches.map(
      (cache) =>
        new TokenVerifier({
          issuers: issuers.trusted(),
          clock,
          revocations,
          cache,
          keyCache: { refreshInterval: 300, maxStale: 300 },
        }),
    );
  }

  async take(taken: Step): Promise<void> {
    switch (taken.do) {
      case 'mint':
        return this.mint(taken);
      case 'present':
        return this.present(taken.token, taken.as);
      case 'pass':
        return this.clock.advance(taken.seconds);
      case 'publish':
      case 'retire':
      case 'replace':
      case 'withdraw':
        return this.change(taken);
      case 'refresh':
        await Promise.all(this.verifiers.map((verifier) => verifier.refreshKeys()));
        return;
      case 'break':
      case 'mend':
        this.issuers.up = taken.do === 'mend';
        return;
      case 'revoke':
        this.revoked.add(`session-${taken.session}`);
        return;
      case 'pardon':
        this.revoked.delete(`session-${taken.session}`);
        return;
    }
  }

  private async mint({ issuer: by, key: index, lifetime, notBefore, session, size }: Step & { do: 'mint' }) {
    const { issuer: minting, keys } = this.at(by);
    const now = this.clock.now() / 1000;
    const claims = {
      iat: now,
      exp: now + lifetime,
      nbf: now + notBefore,
      sid: `session-${session}`,
      x: 'x'.repeat(size),
    };
    this.tokens.unshift(await minting.mint(claims, { key: keys[index] ?? minting.key }));
  }

  private async change({
    do: what,
    issuer: by,
    key: index,
  }: Step & { do: 'publish' | 'retire' | 'replace' | 'withdraw' }) {
    const { issuer: changing, keys, published } = this.at(by);
    if (what === 'publish') published.add(index);
    if (what === 'retire') published.delete(index);
    if (what === 'replace') keys[index] = await namedKey(index);
    if (what === 'withdraw') for (const verifier of this.verifiers) verifier.revokeKey(changing.issuer, `key-${index}`);
  }

  private async present(index: number, as: (Step & { do: 'present' })['as']): Promise<void> {
    const [token, other] = [index, index + 1].map((i) => this.tokens[i % Math.max(1, this.tokens.length)]);
    if (token === undefined || other === undefined) return;
    const [header, payload = '', signature = ''] = token.split('.');
    const shown = {
      is: () => token,
      tampered: () => withClaims(token, { roles: ['admin'] }),
      broken: () => withBrokenSignature(token),
      crossed: () => withClaims(token, { iss: this.at(token.length).issuer.issuer }),
      relabelled: () => [encodeSegment({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1' }), payload, signature].join('.'),
      spliced: () => [header, other.split('.')[1] ?? payload, signature].join('.'),
    }[as]();
    const [uncached, ...cached] = await Promise.all(this.verifiers.map((verifier) => answer(verifier, shown)));
    for (const answered of cached) expect(answered).toEqual(uncached);
  }

  private at(index: number): Issuers['all'][number] {
    return this.issuers.all[index % 2] as Issuers['all'][number];
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
  // Retries and refreshes are made at random times: here, at the same ones for all.
  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('never disagrees with one that does not, whatever happens to tokens, clock, keys, issuers and sessions', async () => {
    const run = async (steps: Step[]) => {
      const clock = new ManualClock();
      const world = new World(clock, await Issuers.create(clock));
      try {
        await Promise.all(world.verifiers.map((verifier) => verifier.start()));
        for (const taken of steps) await world.take(taken);
      } finally {
        for (const verifier of world.verifiers) verifier.stop();
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), run), { numRuns: 100 });
  }, 60_000);
});
