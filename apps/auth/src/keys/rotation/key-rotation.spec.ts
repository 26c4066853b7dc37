import { ManualClock } from '@watchword/auth/testing';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { AUTH_DATABASE, DAY, randomKeys } from '../../../test/issuer.js';
import * as schema from '../../database/schema/index.js';
import { AuditLog } from '../../security-events/audit-log.js';
import { SecurityEventLog } from '../../security-events/security-event-log.js';
import { type KeyEncryptionKey, KeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';
import { KeyRing } from '../publishing/key-ring.js';
import { KeyRotation } from './key-rotation.js';
import { KeyStore } from '../storage/key-store.js';
import { PrivateKeyEncryption } from '../storage/private-key-encryption.js';
import { RetireKey } from './retire-key.js';
import type { SigningAlgorithm } from '../../cryptography/signing-algorithm.js';
import { keyState } from '../storage/signing-key.js';
import { WithdrawKey } from './withdraw-key.js';

const HOUR = 3600;
const TIMING = {
  rotationInterval: 30 * DAY * 1000,
  publishAhead: HOUR * 1000,
  retirement: HOUR * 1000,
  tokenLifetime: 300_000,
  clockSkew: 60_000,
  lease: 60_000,
};
const OPERATOR = { type: 'account', id: 'operator' } as const;

const withKeys = (...keys: [KeyEncryptionKey, ...KeyEncryptionKey[]]) => new KeyEncryptionKeys(keys);

describeOnEachDatabase('the signing keys', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  let clock: ManualClock;
  let keys: KeyEncryptionKeys;

  beforeEach(async () => {
    clock = new ManualClock();
    keys = randomKeys();
    await database().delete(schema.signingKeys);
    await database().delete(schema.securityEvents);
  });

  /** One instance of the app. */
  function instance(algorithm: SigningAlgorithm = 'ES256') {
    const db = database();
    const store = new KeyStore(new PrivateKeyEncryption(keys));
    const events = new SecurityEventLog(clock);
    const audit = new AuditLog(clock);
    const rotation = new KeyRotation(db, store, events, audit, algorithm, TIMING, clock);
    const ring = new KeyRing(() => store.load(db), TIMING.lease, clock);
    return {
      rotation,
      ring,
      store,
      retire: new RetireKey(db, store, rotation, audit, TIMING, clock),
      withdraw: new WithdrawKey(db, store, events, audit, algorithm, TIMING, clock),
      async states() {
        const loaded = await store.load(db);
        return loaded.map((key) => keyState(key, clock.now()));
      },
      async kid(state: string) {
        const loaded = await store.load(db);
        return loaded.find((key) => keyState(key, clock.now()) === state)?.kid ?? 'none';
      },
      async tick() {
        const rotated = await rotation.rotateIfDue();
        await rotation.destroyRetired();
        await ring.refresh();
        return rotated;
      },
    };
  }

  async function started(algorithm?: SigningAlgorithm) {
    const app = instance(algorithm);
    await app.rotation.ensureFirst();
    await app.ring.refresh();
    return app;
  }

  it('begin with one that signs at once, however many instances boot', async () => {
    const instances = [instance(), instance(), instance()];
    await Promise.all(instances.map(({ rotation }) => rotation.ensureFirst()));
    expect(await instance().states()).toEqual(['active']);
  });

  it('rotate by themselves: published ahead, taking over on time, then published for those who still ask', async () => {
    const app = await started();
    const first = app.ring.active()?.kid;
    clock.advance(30 * DAY - HOUR - 1);
    expect(await app.tick()).toBe(false);
    clock.advance(1);
    expect(await app.tick()).toBe(true);
    expect(await app.states()).toEqual(['pending', 'active']);
    expect(app.ring.published()).toHaveLength(2);
    expect(app.ring.active()?.kid).toBe(first);

    clock.advance(HOUR);
    await app.tick();
    expect(await app.states()).toEqual(['active', 'retiring']);
    expect(app.ring.active()?.kid).not.toBe(first);
    expect(app.ring.published()).toHaveLength(2);

    clock.advance(HOUR);
    await app.tick();
    expect(await app.states()).toEqual(['active', 'gone']);
    expect(app.ring.published().map(({ kid }) => kid)).toEqual([app.ring.active()?.kid]);
  });

  it('take over at one and the same moment in every instance, without looking at the database then', async () => {
    const one = await started();
    const two = instance();
    await one.rotation.rotateNow(OPERATOR);
    await one.ring.refresh();
    clock.advance(HOUR - 1);
    await one.ring.refresh();
    await two.ring.refresh();
    expect(two.ring.active()?.kid).toBe(one.ring.active()?.kid);
    const before = one.ring.active()?.kid;
    clock.advance(1);
    expect(one.ring.active()?.kid).not.toBe(before);
    expect(two.ring.active()?.kid).toBe(one.ring.active()?.kid);
  });

  it('are rotated once, however many instances find it due', async () => {
    await started();
    clock.advance(30 * DAY);
    const rotated = await Promise.all(Array.from({ length: 6 }, () => instance().rotation.rotateIfDue()));
    expect(rotated.filter(Boolean)).toHaveLength(1);
    expect((await instance().states()).toSorted()).toEqual(['active', 'pending']);
  });

  it('are rotated once on demand: a successor that is published takes over at its time', async () => {
    const app = await started();
    expect(await app.rotation.rotateNow(OPERATOR)).toBe(true);
    expect(await app.rotation.rotateNow(OPERATOR)).toBe(false);
    expect(await app.states()).toEqual(['pending', 'active']);
  });

  it('change the algorithm as in any other rotation, both published meanwhile', async () => {
    const before = await started('ES256');
    const after = instance('EdDSA');
    expect(await after.rotation.adoptAlgorithm()).toBe(true);
    await after.ring.refresh();
    expect(after.ring.active()?.algorithm).toBe('ES256');
    expect(new Set(after.ring.published().map(({ alg }) => alg))).toEqual(new Set(['ES256', 'EdDSA']));
    expect(await after.rotation.adoptAlgorithm()).toBe(false);
    expect([await before.tick(), await after.tick()]).toEqual([false, false]);
    clock.advance(HOUR);
    await before.ring.refresh();
    expect(before.ring.active()?.algorithm).toBe('EdDSA');
  });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('can be of %s', async (algorithm) => {
    const app = await started(algorithm);
    expect(app.ring.active()?.algorithm).toBe(algorithm);
    expect(Object.keys(app.ring.published()[0] ?? {})).not.toContain('d');
  });

  it('lose their private half when no clock can take them for active any more', async () => {
    const app = await started();
    const kid = app.ring.active()?.kid ?? '';
    const row = async () =>
      (await database().select().from(schema.signingKeys).where(eq(schema.signingKeys.kid, kid)))[0];
    await app.rotation.rotateNow(OPERATOR);
    clock.advance(HOUR);
    await app.tick();
    expect(await row()).toMatchObject({ encryptionKey: 1 });
    clock.advance(60);
    await app.tick();
    expect(await row()).toMatchObject({ privateKey: null, encryptionKey: null });
  });

  it('are retired on demand as soon as the successor may take over', async () => {
    const app = await started();
    const kid = await app.kid('active');
    await app.retire.run(kid, OPERATOR);
    expect(await app.states()).toEqual(['pending', 'active']);
    await expect(app.retire.run(await app.kid('pending'), OPERATOR)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'key_not_active',
    });
    await expect(app.retire.run('unknown', OPERATOR)).rejects.toMatchObject({ kind: 'not-found', code: 'not_found' });
    clock.advance(HOUR);
    expect(await app.states()).toEqual(['active', 'retiring']);
  });

  it('replace a compromised active key at once, and deny its tokens', async () => {
    const app = await started();
    const kid = await app.kid('active');
    await app.withdraw.run(kid, OPERATOR);
    await app.ring.refresh();
    expect((await app.states()).toSorted()).toEqual(['active', 'compromised']);
    expect(app.ring.active()?.kid).not.toBe(kid);
    expect(app.ring.isPublished(kid)).toBe(false);
    const events = await database().select().from(schema.securityEvents).orderBy(schema.securityEvents.seq);
    expect(events.slice(-2)).toMatchObject([{ type: 'key-revoked', value: kid }, { type: 'keys-changed' }]);
    const [row] = await database().select().from(schema.signingKeys).where(eq(schema.signingKeys.kid, kid));
    expect(row?.privateKey).toBeNull();
  });

  it('let a pending successor take over from a compromised active key', async () => {
    const app = await started();
    await app.rotation.rotateNow(OPERATOR);
    const [active, pending] = [await app.kid('active'), await app.kid('pending')];
    clock.advance(5);
    await app.withdraw.run(active, OPERATOR);
    expect(await app.kid('active')).toBe(pending);
    expect((await app.states()).toSorted()).toEqual(['active', 'compromised']);
  });

  it('let the active key sign on when its pending successor is compromised', async () => {
    const app = await started();
    await app.rotation.rotateNow(OPERATOR);
    const [active, pending] = [await app.kid('active'), await app.kid('pending')];
    clock.advance(HOUR - 60);
    await app.withdraw.run(pending, OPERATOR);
    expect((await app.states()).toSorted()).toEqual(['active', 'compromised', 'pending']);
    clock.advance(120);
    expect(await app.kid('active')).toBe(active);
    clock.advance(HOUR);
    expect(await app.kid('active')).not.toBe(active);
    expect(await app.kid('active')).not.toBe(pending);
  });

  it('let a retiring key be compromised without touching the others, and once alone', async () => {
    const app = await started();
    const first = await app.kid('active');
    await app.rotation.rotateNow(OPERATOR);
    clock.advance(HOUR);
    await app.withdraw.run(first, OPERATOR);
    await app.withdraw.run(first, OPERATOR);
    expect((await app.states()).toSorted()).toEqual(['active', 'compromised']);
    const events = await database().select().from(schema.securityEvents);
    expect(events.filter(({ value }) => value === first)).toHaveLength(1);
    await expect(app.withdraw.run('unknown', OPERATOR)).rejects.toMatchObject({ kind: 'not-found', code: 'not_found' });
  });

  it('always have exactly one active, whatever instances do at the same time', async () => {
    const app = await started();
    for (let round = 0; round < 5; round += 1) {
      const active = await app.kid('active');
      await Promise.allSettled([
        instance().rotation.rotateNow(OPERATOR),
        instance().withdraw.run(active, OPERATOR),
        instance().retire.run(active, OPERATOR),
        instance('EdDSA').rotation.adoptAlgorithm(),
      ]);
      for (let minutes = 0; minutes < 130; minutes += 13) {
        const states = await app.states();
        expect(states.filter((state) => state === 'active')).toHaveLength(1);
        clock.advance(13 * 60);
      }
    }
  });

  it('cannot be two at a time, even by a mistake: the database refuses', async () => {
    const app = await started();
    const now = clock.now();
    const second = await app.store.make('ES256', { createdAt: now, activatesAt: now });
    await expect(database().insert(schema.signingKeys).values(second)).rejects.toThrow('Failed query');
    const overlapping = { ...second, activatesAt: new Date(now - 1000), retiresAt: new Date(now + 1000) };
    await expect(database().insert(schema.signingKeys).values(overlapping)).rejects.toThrow('Failed query');
  });

  it('are encrypted anew when the key-encryption key changes, and open with the new one alone', async () => {
    const app = await started();
    const kid = app.ring.active()?.kid;
    const fresh = { version: 2, secret: randomKeys().current.secret };
    const both = new KeyStore(new PrivateKeyEncryption(withKeys(fresh, keys.current)));
    expect(await both.reencrypt(database())).toBe(1);
    expect(await both.reencrypt(database())).toBe(0);
    const only = new KeyStore(new PrivateKeyEncryption(withKeys(fresh)));
    const [key] = await only.load(database());
    expect(key?.kid).toBe(kid);
    expect(key?.privateKey?.type).toBe('private');
    await expect(app.store.load(database())).resolves.toHaveLength(1);
    const without = new KeyStore(new PrivateKeyEncryption(keys));
    await expect(without.load(database())).rejects.toThrow('add it after the current one');
  });
});
