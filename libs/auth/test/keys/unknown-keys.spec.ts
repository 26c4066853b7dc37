import { encodeSegment, type TestIssuer } from '../../src/entry/testing.js';
import type { AuthError, TokenVerifier } from '../../src/verification/index.js';
import { expectAccepted, expectRefused } from '../attacks/describe-attacks.js';
import { type Endpoint, fetchedKeys, pass } from './fetched-keys.js';

/** Tokens with kids that nobody has, none of them twice, and what became of them. */
class Flood {
  readonly answers: Record<string, number> = {};
  /** As short as it can be: there are many, and the key is looked for before more is looked at. */
  private readonly rest: string;
  private presented = 0;

  constructor(
    private readonly verifier: TokenVerifier,
    issuer: string,
  ) {
    this.rest = `.${encodeSegment({ iss: issuer })}.AAAA`;
  }

  /** So many at once; resolves when the last is answered. */
  async present(many: number): Promise<void> {
    await Promise.all(Array.from({ length: many }, () => this.presentOne() ?? Promise.resolve()));
  }

  private presentOne(): Promise<void> | undefined {
    this.presented += 1;
    const header = encodeSegment(`{"typ":"at+jwt","alg":"ES256","kid":"made-up-${this.presented}"}`);
    try {
      const verified = this.verifier.verify(header + this.rest);
      return Promise.resolve(verified).then(
        () => this.count('accepted'),
        (error: AuthError) => this.count(error.code),
      );
    } catch (error) {
      this.count((error as AuthError).code); // in place, where the verifier answers in place
      return undefined;
    }
  }

  private count(answer: string): void {
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
  }
}

describe('made-up kids', () => {
  let issuer: TestIssuer;
  let endpoint: Endpoint;
  let verifier: TokenVerifier;
  let close: () => void;

  beforeEach(async () => {
    ({ issuer, endpoint, verifier, close } = await fetchedKeys());
  });

  afterEach(() => close());

  const made = (kid: string) => issuer.mint({}, { header: { kid } });

  it('10,000 a second for 20 s: at most 7 fetches, no good token waits or is refused, a new key is found in 10 s', async () => {
    endpoint.latency = 50;
    await Promise.all([verifier.start(), pass(0.05)]);
    const { key } = issuer;
    const known = await issuer.mint();
    await expectAccepted(verifier, known);
    const flood = new Flood(verifier, issuer.issuer);
    let rotatedFor = 0;

    for (let tenth = 0; tenth < 200; tenth += 1) {
      const answered = flood.present(1000);
      // Time stands still: whoever waited for the network now would wait forever.
      await expectAccepted(verifier, known);
      await expectAccepted(verifier, await issuer.mint({}, { key }));
      await pass(0.1);
      await answered;
      if (tenth === 55) {
        await issuer.rotate();
        endpoint.keys = issuer.jwks().keys;
      }
      if (tenth > 55 && verifier.status()[0]?.keyIds.length === 1) rotatedFor += 0.1;
    }

    expect(flood.answers).toEqual({ key_unknown: 200_000 });
    expect(endpoint.fetches).toBeGreaterThan(1);
    expect(endpoint.fetches).toBeLessThanOrEqual(1 + 5 + 2); // the first load, the burst, one more in each 10 s
    expect(rotatedFor).toBeLessThanOrEqual(10);
    await expectAccepted(verifier, await issuer.mint());
  }, 60_000);

  it('of a flood nothing but the header is read, until the next fetch is allowed', async () => {
    await verifier.start();
    const unread = `${encodeSegment({ typ: 'at+jwt', alg: 'ES256', kid: 'made-up' })}.e30.AAAA`;
    await expectRefused(verifier, unread, 'claim_missing');
    for (let i = 0; i < 10; i += 1) await expectRefused(verifier, await made(`spends-the-budget-${i}`), 'key_unknown');
    await expectRefused(verifier, unread, 'key_unknown');
    await expectAccepted(verifier, await issuer.mint());
    await pass(10);
    await expectRefused(verifier, unread, 'claim_missing');
  });

  it('a flood does not keep a new key from being found', async () => {
    await verifier.start();
    for (let i = 0; i < 100; i += 1) await expectRefused(verifier, await made(`made-up-${i}`), 'key_unknown');
    await issuer.rotate();
    endpoint.keys = issuer.jwks().keys;
    const token = await issuer.mint();
    await expectRefused(verifier, token, 'key_unknown'); // the budget is spent
    await pass(10); // and grows again; the flood itself may spend it, the answer is the same
    await expectRefused(verifier, await made('made-up'), 'key_unknown');
    await expectAccepted(verifier, token);
  });

  it('the same made-up kid is remembered for a while, and costs nothing', async () => {
    await verifier.start();
    const token = await made('made-up');
    for (let i = 0; i < 10; i += 1) await expectRefused(verifier, token, 'key_unknown');
    expect(endpoint.fetches).toBe(2);
    await pass(9);
    await expectRefused(verifier, token, 'key_unknown');
    expect(endpoint.fetches).toBe(2);
    await pass(1);
    await expectRefused(verifier, token, 'key_unknown');
    expect(endpoint.fetches).toBe(3);
  });

  it('a kid that was asked for while the issuer was down is not remembered as unknown', async () => {
    await verifier.start();
    await issuer.rotate();
    endpoint.down = true;
    const token = await issuer.mint();
    await expectRefused(verifier, token, 'key_unknown');
    endpoint.down = false;
    endpoint.keys = issuer.jwks().keys;
    await pass(1); // a failure is followed by a pause
    await expectAccepted(verifier, token);
  });

  it('a request waits for a slow fetch no longer than 250 ms', async () => {
    await verifier.start();
    endpoint.hold();
    let answered = 0;
    const present = async () => {
      await expectRefused(verifier, await made('made-up'), 'key_unknown');
      answered += 1;
    };
    const first = present();
    await pass(0.249);
    expect(answered).toBe(0);
    await pass(0.001);
    await first;
    await present(); // nor does who comes after that, while the fetch still hangs
    expect(endpoint.fetches).toBe(2);
    endpoint.release?.();
  });

  it('an unknown issuer causes no fetch at all', async () => {
    await verifier.start();
    await expectRefused(verifier, await issuer.mint({ iss: 'https://evil.test' }), 'issuer_unknown');
    expect(endpoint.fetches).toBe(1);
  });

  it('nor does a header that points elsewhere', async () => {
    await verifier.start();
    const header = { jku: 'https://evil.test/jwks.json', x5u: 'https://evil.test/x.pem' };
    await verifier.verify(await issuer.mint({}, { header }));
    expect(endpoint.fetches).toBe(1);
  });
});
