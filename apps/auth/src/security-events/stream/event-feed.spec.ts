import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { sql } from 'drizzle-orm';
import { AUTH_DATABASE, makeIssuer } from '../../../test/issuer.js';
import * as schema from '../../database/schema/index.js';
import { EventFeed } from './event-feed.js';
import { type FeedEvent, FeedStore } from './feed-store.js';

describeOnEachDatabase(
  'the feed of security events',
  AUTH_DATABASE,
  (database: () => Database<typeof schema>, kind) => {
    const feeds: EventFeed[] = [];
    afterEach(async () => {
      for (const feed of feeds.splice(0)) await feed.beforeApplicationShutdown();
      await database().delete(schema.securityEvents);
    });

    const isEmbedded = (): boolean => kind === 'pglite';

    async function follow() {
      const feed = new EventFeed(new FeedStore(database(), isEmbedded()));
      feeds.push(feed);
      const seen: FeedEvent[] = [];
      const epochs = { count: 0 };
      feed.subscribe({ onEvents: (events) => seen.push(...events), onEpoch: () => (epochs.count += 1) });
      await feed.onApplicationBootstrap();
      return { feed, seen, epochs };
    }

    const revoke = (values: readonly string[]) =>
      database().transaction(async (tx) => {
        const { events, clock } = makeIssuer(database());
        for (const value of values) {
          await events.append(tx, { type: 'token-revoked', value }, clock.now() + 300_000);
        }
      });

    it('has each event once and in its order, from several who revoke at once', async () => {
      const { feed, seen } = await follow();
      const before = seen.length;
      await Promise.all(Array.from({ length: 20 }, (_, at) => revoke([`${String(at)}a`, `${String(at)}b`])));
      await feed.read();
      const seqs = seen.slice(before).map(({ seq }) => seq);
      expect(seqs).toHaveLength(40);
      expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
      expect(feed.position?.seq).toBe(seqs.at(-1));
    });

    it('says what came after a number, and that it does not know where that is not all', async () => {
      const { feed } = await follow();
      await revoke(['a', 'b', 'c']);
      await feed.read();
      const { seq = 0 } = feed.position ?? {};
      const values = (from: number) => feed.since(from)?.map(({ value }) => value);
      expect(values(seq - 3)).toEqual(['a', 'b', 'c']);
      expect(values(seq - 1)).toEqual(['c']);
      expect(values(seq)).toEqual([]);
      expect(values(seq + 1)).toBeUndefined();
      await database().execute(sql`delete from security_events where seq <= ${seq - 2}`);
      await feed.read();
      expect(values(seq - 3)).toBeUndefined();
      expect(values(seq - 2)).toEqual(['b', 'c']);
    });

    it('goes on over numbers that were removed before it saw them', async () => {
      const { feed, seen } = await follow();
      await revoke(['a', 'b']);
      await database().delete(schema.securityEvents);
      await feed.read();
      await revoke(['c']);
      await feed.read();
      expect(seen.map(({ value }) => value)).toContain('c');
      expect(feed.since(feed.position?.seq ?? 0)).toEqual([]);
    });

    it('begins another epoch where numbers go back, and all who read see it', async () => {
      const one = await follow();
      const other = await follow();
      await revoke(['a']);
      await Promise.all([one.feed.read(), other.feed.read()]);
      const before = one.feed.position?.epoch;
      if (!isEmbedded()) expect(other.feed.position?.epoch).toBe(before);
      await database().update(schema.securityEventSequence).set({ last: 0 });
      await database().delete(schema.securityEvents);
      await Promise.all([one.feed.read(), other.feed.read()]);
      await one.feed.read();
      await revoke(['b']);
      await Promise.all([one.feed.read(), other.feed.read()]);
      expect(one.feed.position?.epoch).not.toBe(before);
      expect(other.feed.position?.epoch).toBe(one.feed.position?.epoch);
      expect([one, other].every(({ epochs }) => epochs.count > 0)).toBe(true);
      expect(one.feed.snapshot(0).map(({ value }) => value)).toEqual(['b']);
    });

    it('begins another epoch where the table is another one, as after a restored dump', async () => {
      const { feed } = await follow();
      const before = feed.position?.epoch;
      await database().execute(sql`create table restored (like security_event_sequence including all)`);
      await database().execute(sql`insert into restored select * from security_event_sequence`);
      await database().execute(sql`drop table security_event_sequence`);
      await database().execute(sql`alter table restored rename to security_event_sequence`);
      await feed.read();
      if (isEmbedded()) {
        // An embedded database cannot tell: each process begins an epoch of its own.
        expect((await follow()).feed.position?.epoch).not.toBe(before);
      } else {
        expect(feed.position?.epoch).not.toBe(before);
        const after = feed.position?.epoch;
        await feed.read();
        expect(feed.position?.epoch).toBe(after);
      }
    });
  },
);
