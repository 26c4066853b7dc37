import { TokenVerifier, type RevocationCheck } from '../../src/index.js';
import { userClaims, createTestIssuer } from '../../src/entry/testing.js';

/** A list that says when it changes, and counts how often it is asked. */
class Revocations implements RevocationCheck {
  version: number | undefined = 1;
  asked = 0;
  readonly sessions = new Set<string>();

  isRevoked({ sessionId }: { sessionId: string | undefined }): boolean {
    this.asked += 1;
    return sessionId !== undefined && this.sessions.has(sessionId);
  }
}

async function verifierWith(revocations: RevocationCheck) {
  const issuer = await createTestIssuer();
  const verifier = new TokenVerifier({ issuers: [issuer.trusted('things')], revocations });
  const mint = (sid: string) => issuer.mint({ ...userClaims({ audience: 'things' }), sid });
  return { verifier, ada: await mint('ada'), bob: await mint('bob') };
}

it('asks about a cached token once a version, whatever other tokens come between', async () => {
  const revocations = new Revocations();
  const { verifier, ada, bob } = await verifierWith(revocations);
  await verifier.verify(ada);
  await verifier.verify(bob);
  const asked = revocations.asked;
  for (let count = 0; count < 50; count += 1) {
    await verifier.verify(ada);
    await verifier.verify(bob);
  }
  expect(revocations.asked).toBeLessThanOrEqual(asked + 2);
  revocations.sessions.add('ada');
  revocations.version = 2;
  expect(() => verifier.verify(ada)).toThrow(expect.objectContaining({ code: 'token_revoked' }));
  expect(() => verifier.verify(ada)).toThrow(expect.objectContaining({ code: 'token_revoked' }));
  expect(verifier.verify(bob)).toMatchObject({ sessionId: 'bob' });
});

it('does not take what was found good at a version for good at a later one that has the same place in the cache', async () => {
  const revocations = new Revocations();
  const issuer = await createTestIssuer();
  const verifier = new TokenVerifier({ issuers: [issuer.trusted('things')], revocations, cache: { maxEntries: 1 } });
  const mint = (sid: string) => issuer.mint({ ...userClaims({ audience: 'things' }), sid });
  const [ada, bob] = [await mint('ada'), await mint('bob')];
  await verifier.verify(ada);
  await verifier.verify(ada);
  await verifier.verify(bob);
  revocations.sessions.add('bob');
  // Without another version: what is in the cache was never checked at this one.
  expect(() => verifier.verify(bob)).toThrow(expect.objectContaining({ code: 'token_revoked' }));
});

it('asks at every use where there is no version', async () => {
  const revocations = new Revocations();
  revocations.version = undefined;
  const { verifier, ada } = await verifierWith(revocations);
  await verifier.verify(ada);
  const { asked } = revocations;
  await verifier.verify(ada);
  await verifier.verify(ada);
  expect(revocations.asked).toBe(asked + 2);
});
