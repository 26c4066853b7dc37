import { ManualClock } from '@watchword/auth/testing';
import { KeyRing } from './key-ring.js';
import { KeyRingSigner } from '../signing/key-ring-signer.js';
import { generateSigningKeyPair } from '../../cryptography/signing-algorithm.js';
import type { SigningKey } from '../storage/signing-key.js';

const LEASE = 60_000;

async function keyOf(clock: ManualClock, kid: string, times: Partial<SigningKey> = {}): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateSigningKeyPair('ES256');
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  return {
    kid,
    algorithm: 'ES256',
    publicJwk,
    privateKey,
    createdAt: clock.now(),
    activatesAt: clock.now(),
    retiresAt: undefined,
    goneAt: undefined,
    compromisedAt: undefined,
    ...times,
  };
}

describe('the key ring of an instance', () => {
  const clock = new ManualClock();

  it('signs with nothing before it has seen the database', () => {
    const ring = new KeyRing(() => Promise.resolve([]), LEASE, clock);
    expect(ring.active()).toBeUndefined();
    expect(() => new KeyRingSigner(ring).sign('at+jwt', {})).toThrow(
      expect.objectContaining({ kind: 'unavailable', code: 'temporarily_unavailable' }),
    );
  });

  it('stops signing when its lease has run out, and goes on publishing', async () => {
    const key = await keyOf(clock, 'a');
    let reachable = true;
    const read = () => (reachable ? Promise.resolve([key]) : Promise.reject(new Error('no database')));
    const ring = new KeyRing(read, LEASE, clock);
    await ring.refresh();
    reachable = false;
    await expect(ring.refresh()).rejects.toThrow('no database');
    clock.advance(59);
    expect(ring.active()?.kid).toBe('a');
    clock.advance(1);
    expect(ring.active()).toBeUndefined();
    expect(() => new KeyRingSigner(ring).assertReady()).toThrow(expect.objectContaining({ kind: 'unavailable' }));
    expect(ring.published()).toEqual([key.publicJwk]);
    reachable = true;
    await ring.refresh();
    expect(ring.active()?.kid).toBe('a');
  });

  it('counts the lease from the question: a slow answer is as old as that', async () => {
    const key = await keyOf(clock, 'a');
    const ring = new KeyRing(
      () => {
        clock.advance(LEASE / 1000);
        return Promise.resolve([key]);
      },
      LEASE,
      clock,
    );
    await ring.refresh();
    expect(ring.active()).toBeUndefined();
  });

  it('does not let an answer that comes late undo a newer one', async () => {
    const [old, fresh] = [await keyOf(clock, 'old'), await keyOf(clock, 'new')];
    const answers: ((keys: SigningKey[]) => void)[] = [];
    const ring = new KeyRing(() => new Promise((resolve) => answers.push(resolve)), LEASE, clock);
    const slow = ring.refresh();
    clock.advance(1);
    const quick = ring.refresh();
    answers[1]?.([fresh]);
    await quick;
    answers[0]?.([old]);
    await slow;
    expect(ring.active()?.kid).toBe('new');
  });

  it('takes up what it reads after its clock was set back, and its lease counts from then', async () => {
    const [old, fresh] = [await keyOf(clock, 'old'), await keyOf(clock, 'new', { activatesAt: 0 })];
    const answers = [[old], [fresh]];
    const ring = new KeyRing(() => Promise.resolve(answers.shift() ?? []), LEASE, clock);
    await ring.refresh();
    clock.advance(-3600);
    await ring.refresh();
    expect(ring.active()?.kid).toBe('new');
    clock.advance(LEASE / 1000);
    expect(ring.active()).toBeUndefined();
  });
});
