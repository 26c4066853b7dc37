import { type AuthErrorCode, type RevocationCheck, TokenVerifier } from '../../src/verification/index.js';
import { createTestIssuer, ManualClock, TestIssuer } from '../../src/entry/testing.js';

/** A service called `orders` that trusts one issuer. */
export interface Target {
  readonly issuer: TestIssuer;
  readonly clock: ManualClock;
  readonly verifier: TokenVerifier;
  /** The `jti`s that this service refuses. */
  readonly revoked: Set<string>;
}

export interface Attack {
  readonly title: string;
  readonly code: AuthErrorCode;
  /** The claim or header parameter that the refusal names. */
  readonly claim?: string;
  readonly token: (target: Target) => string | Promise<string>;
}

/**
 * Every attack against a verifier with a cache and one without: it gets exactly this code, twice, the handler does
 * not run, and a good token works before and after.
 */
export function describeAttacks(family: string, attacks: readonly Attack[]): void {
  describe.each([
    ['a cached verifier', {}],
    ['an uncached verifier', { cache: false as const }],
  ])(`attacks by ${family} on %s`, (_, cache) => {
    let target: Target;

    beforeAll(async () => {
      const clock = new ManualClock();
      const issuer = await createTestIssuer({ clock });
      const revoked = new Set<string>();
      const revocations: RevocationCheck = { isRevoked: ({ tokenId }) => revoked.has(tokenId) };
      const verifier = new TokenVerifier({ issuers: [issuer.trusted('orders')], clock, revocations, ...cache });
      target = { issuer, clock, verifier, revoked };
    });

    it.each(attacks.map((attack) => [attack.title, attack] as const))('%s', async (_title, { token, code, claim }) => {
      const good = await target.issuer.mint();
      await expectAccepted(target.verifier, good);
      const attack = await token(target);
      await expectRefused(target.verifier, attack, code, claim);
      await expectRefused(target.verifier, attack, code, claim);
      await expectAccepted(target.verifier, await target.issuer.mint());
    });
  });
}

export async function expectRefused(
  verifier: TokenVerifier,
  token: string,
  code: AuthErrorCode,
  claim?: string,
): Promise<void> {
  let handled = false;
  const call = async () => {
    await verifier.verify(token);
    handled = true;
  };
  const refusal = { name: 'AuthError', code, ...(claim !== undefined && { claim }) };
  await expect(call()).rejects.toMatchObject(refusal);
  expect(handled).toBe(false);
}

export async function expectAccepted(verifier: TokenVerifier, token: string): Promise<void> {
  expect(await verifier.verify(token)).toMatchObject({ subject: 'user-1' });
  expect(await verifier.verify(token)).toMatchObject({ subject: 'user-1' });
}
