import { ManualClock } from '@watchword/auth/testing';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { AUTH_DATABASE } from '../../test/issuer.js';
import { clients, securityEvents } from '../database/schema/index.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { ClientChanges } from './client-changes.js';
import { ClientDirectory } from './client-directory.js';
import { ClientStore } from './client-store.js';
import { sidsOf, type Client } from './client.js';
import type { DeclaredClient } from './clients-file.js';
import { DeclareClients } from './declare-clients.js';

describeOnEachDatabase('clients that a file declares', AUTH_DATABASE, (database) => {
  const [one, two, three] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const declare = (more: Partial<DeclaredClient> = {}): DeclaredClient => ({
    id: 'orders',
    name: 'Orders',
    grants: ['client_credentials'],
    scopes: ['inventory:manage'],
    audiences: ['inventory'],
    roles: [],
    secretHashes: [one],
    keys: undefined,
    ...more,
  });

  /** An instance of the issuer, as far as it has to do with clients. */
  function instance() {
    const clock = new ManualClock();
    const store = new ClientStore();
    const db = database();
    const directory = new ClientDirectory((id) => store.find(db, id), clock);
    const accessTokens = { latestExpiry: () => clock.now() + 300_000 };
    const events = new SecurityEventLog(clock);
    const changes = new ClientChanges(db, store, directory, accessTokens, events, new AuditLog(clock), clock);
    return { changes, run: (...declared: DeclaredClient[]) => new DeclareClients(changes, clock).run(declared) };
  }
  const stored = async (): Promise<Client> => (await new ClientStore().find(database(), 'orders'))!;
  const revoked = async (): Promise<string[]> =>
    (await database().select().from(securityEvents)).map(({ value }) => value);

  beforeEach(async () => {
    await database().delete(clients);
    await database().delete(securityEvents);
  });

  it('are there afterwards, once, however many instances boot', async () => {
    await Promise.all([instance().run(declare()), instance().run(declare()), instance().run(declare())]);
    const client = await stored();
    await instance().run(declare());
    expect(await stored()).toEqual(client);
    expect(await revoked()).toEqual([]);
  });

  it('go from one secret to another in three boots, without a gap and without harm to the new one', async () => {
    await instance().run(declare());
    const [first] = sidsOf(await stored());
    await instance().run(declare({ secretHashes: [two, one] }));
    const [second, stillFirst] = sidsOf(await stored());
    expect(stillFirst).toBe(first);
    await instance().run(declare({ secretHashes: [two] }));
    expect(sidsOf(await stored())).toEqual([second]);
    expect(await revoked()).toEqual([first]);
  });

  it('lose at once a secret that is no longer declared', async () => {
    await instance().run(declare());
    const before = sidsOf(await stored());
    await instance().run(declare({ secretHashes: [three] }));
    expect(await revoked()).toEqual(before);
  });

  it('lose what they obtained under permissions that they lost, and keep the secret', async () => {
    await instance().run(declare());
    const before = sidsOf(await stored());
    await instance().run(declare({ scopes: ['inventory:read'] }));
    const client = await stored();
    expect(client.secrets.map(({ hash }) => hash)).toEqual([one]);
    expect(await revoked()).toEqual(before);
  });

  it('stay disabled if an administrator disabled them', async () => {
    const { changes, run } = instance();
    await run(declare());
    const disabledAt = new Date(1_000);
    const change = { actor: { type: 'system' }, action: 'client.disable' } as const;
    await changes.update('orders', change, (client) => ({ ...client, disabledAt }));
    await run(declare({ scopes: ['inventory:manage', 'inventory:read'] }));
    expect((await stored()).disabledAt).toEqual(disabledAt);
  });

  it('leave others alone', async () => {
    await instance().run(declare({ id: 'other' }));
    await instance().run(declare());
    expect(await database().select().from(clients).where(eq(clients.id, 'other'))).toHaveLength(1);
  });
});
