import type { VerifiedToken } from '@watchword/auth';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { addAccount, AUTH_DATABASE, DAY, makeIssuer, payloadOf } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import { LiveTokens } from './live-tokens.js';

describeOnEachDatabase("a person's token", AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  async function setUp() {
    const issuer = makeIssuer(database());
    const account = await addAccount(database(), issuer.clock);
    const { access_token } = await issuer.logIn(account);
    const { sub, sid, jti } = payloadOf(access_token);
    const token = { subject: sub, sessionId: sid, tokenId: jti, keyId: randomUUID() } as VerifiedToken;
    const liveTokens = new LiveTokens(database(), issuer.clock);
    return { ...issuer, account, token, isLive: (changes = {}) => liveTokens.isLive({ ...token, ...changes }) };
  }

  it('counts while its session goes on', async () => {
    const { isLive } = await setUp();
    expect(await isLive()).toBe(true);
  });

  it.each(['session-revoked', 'token-revoked', 'key-revoked'] as const)('does not count after %s', async (type) => {
    const { isLive, token, events, clock } = await setUp();
    const denied = { 'session-revoked': token.sessionId, 'token-revoked': token.tokenId, 'key-revoked': token.keyId };
    const append = (value: string) =>
      database().transaction((tx) => events.append(tx, { type, value }, clock.now() + 300_000));
    await append(randomUUID());
    expect(await isLive()).toBe(true);
    await append(String(denied[type]));
    expect(await isLive()).toBe(false);
  });

  it('does not count once its session has ended', async () => {
    const { isLive, account, endSessions } = await setUp();
    await endSessions.endAll(account, { type: 'system' });
    await database().delete(schema.securityEvents);
    expect(await isLive()).toBe(false);
  });

  it('does not count once its session is too old', async () => {
    const { isLive, clock } = await setUp();
    clock.advance(30 * DAY);
    expect(await isLive()).toBe(false);
  });

  it('does not count while its account is disabled', async () => {
    const { isLive, account, clock } = await setUp();
    const disabledAt = new Date(clock.now());
    await database().update(schema.accounts).set({ disabledAt }).where(eq(schema.accounts.id, account));
    expect(await isLive()).toBe(false);
  });

  it.each([
    ['somebody else', { subject: randomUUID() }],
    ['nobody that there could be', { subject: 'orders' }],
    ['another session', { sessionId: randomUUID() }],
    ['no session', { sessionId: undefined }],
    ['what can not be a session', { sessionId: "'" }],
  ])('does not count when it says %s', async (_title, changes) => {
    const { isLive } = await setUp();
    expect(await isLive(changes)).toBe(false);
  });
});
