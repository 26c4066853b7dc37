import { once } from 'node:events';
import { TokenVerifier, type RevocationCheck, type VerifiedToken } from '../src/index.js';
import { userClaims, createTestIssuer, ManualClock } from '../src/entry/testing.js';
import { ToldList } from './support/told-list.js';

/** A list that does not, as an application may have one. */
class SilentList implements RevocationCheck {
  readonly sessions = new Set<string>();
  isRevoked({ sessionId = '' }: VerifiedToken): boolean {
    return this.sessions.has(sessionId);
  }
}

async function verifierWith(revocations?: RevocationCheck) {
  const clock = new ManualClock();
  const issuer = await createTestIssuer({ clock });
  const verifier = new TokenVerifier({
    issuers: [issuer.trusted('things')],
    clock,
    ...(revocations && { revocations }),
  });
  const verify = async (sid: string, lifetime = 300) =>
    verifier.verify(await issuer.mint({ ...userClaims({ audience: 'things' }), sid }, { lifetime }));
  return { clock, issuer, verifier, verify };
}

const turn = () => new Promise((resolve) => void setImmediate(resolve));

describe('the end of a token', () => {
  it('is told when it expires, with the tolerance of the verifier, and once', async () => {
    const { clock, verifier, verify } = await verifierWith();
    const ends: string[] = [];
    verifier.whenEnded(await verify('long', 600), ({ code }) => ends.push(`long ${code}`));
    verifier.whenEnded(await verify('short', 300), ({ code }) => ends.push(`short ${code}`));
    clock.advance(304.999);
    expect(ends).toEqual([]);
    clock.advance(0.001);
    expect(ends).toEqual(['short token_expired']);
    clock.advance(1000);
    expect(ends).toEqual(['short token_expired', 'long token_expired']);
  });

  it('is told when its session is revoked, and not to the others', async () => {
    const list = new ToldList();
    const { verifier, verify } = await verifierWith(list);
    const ends: string[] = [];
    verifier.whenEnded(await verify('ada'), ({ code }) => ends.push(`ada ${code}`));
    verifier.whenEnded(await verify('bob'), ({ code }) => ends.push(`bob ${code}`));
    list.revoke('ada');
    await turn();
    list.revoke('eve');
    await turn();
    expect(ends).toEqual(['ada token_revoked']);
  });

  it('is told when its key is revoked', async () => {
    const { issuer, verifier, verify } = await verifierWith();
    const ends: string[] = [];
    verifier.whenEnded(await verify('ada'), ({ code }) => ends.push(code));
    verifier.revokeKey(issuer.issuer, 'another');
    expect(ends).toEqual([]);
    verifier.revokeKey(issuer.issuer, issuer.key.keyId);
    expect(ends).toEqual(['key_unknown']);
  });

  it('is told at once if it has come already', async () => {
    const list = new ToldList();
    const { clock, verifier, verify } = await verifierWith(list);
    const [ada, bob] = [await verify('ada'), await verify('bob')];
    const ends: string[] = [];
    list.revoke('ada');
    verifier.whenEnded(ada, ({ code }) => ends.push(code));
    clock.advance(305);
    verifier.whenEnded(bob, ({ code }) => ends.push(code));
    expect(ends).toEqual(['token_revoked', 'token_expired']);
  });

  it('is not told to who does not listen any more; without listeners nothing listens to the list', async () => {
    const list = new ToldList();
    const { clock, verifier, verify } = await verifierWith(list);
    const ends: unknown[] = [];
    const stops = [
      verifier.whenEnded(await verify('ada'), (error) => ends.push(error)),
      verifier.whenEnded(await verify('bob'), (error) => ends.push(error)),
    ];
    expect(list.listeners.size).toBe(1);
    stops.forEach((stop) => stop());
    expect(list.listeners.size).toBe(0);
    list.revoke('ada');
    await turn();
    clock.advance(1000);
    expect(ends).toEqual([]);
  });

  it('has not come while the list is not known', async () => {
    const list = new ToldList();
    const { verifier, verify } = await verifierWith(list);
    const ends: unknown[] = [];
    verifier.whenEnded(await verify('ada'), (error) => ends.push(error));
    list.isUnknown = true;
    list.revoke('ada');
    await turn();
    expect(ends).toEqual([]);
    list.isUnknown = false;
    list.revoke('eve');
    await turn();
    expect(ends).toHaveLength(1);
  });

  it('is found without being told by the list, too', async () => {
    const list = new SilentList();
    const { verifier, verify } = await verifierWith(list);
    const controller = new AbortController();
    verifier.whenEnded(await verify('ada'), (error) => controller.abort(error));
    list.sessions.add('ada');
    await once(controller.signal, 'abort');
    expect(controller.signal.reason).toMatchObject({ code: 'token_revoked' });
  });

  it('comes by the clock of the machine where no other is given', async () => {
    const issuer = await createTestIssuer();
    const verifier = new TokenVerifier({ issuers: [issuer.trusted('things')], clockTolerance: 0 });
    const verified = await verifier.verify(await issuer.mint(userClaims({ audience: 'things' }), { lifetime: 1 }));
    const controller = new AbortController();
    verifier.whenEnded(verified, (error) => controller.abort(error));
    const far = { ...verified, expiresAt: verified.expiresAt + 2 ** 22 };
    let isFarEnded = false;
    const stop = verifier.whenEnded(far, () => (isFarEnded = true));
    await once(controller.signal, 'abort');
    expect(Date.now()).toBeGreaterThanOrEqual(verified.expiresAt * 1000);
    expect(isFarEnded).toBe(false);
    stop();
  });
});
