import type { VerifiedToken } from '@watchword/auth';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { addAccount, AUTH_DATABASE, DAY, makeIssuer, payloadOf } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import { LiveTokenStore } from './live-token-store.js';

describeOnEachDatabase("a person's token", AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  async function setUp() {
    const issuer = makeIssuer(database());
    const account = await addAccount(database(), issuer.clock);
    const { access_token } = await issuer.logIn(account);
    const { sub, sid, jti, client_id, iat } = payloadOf(access_token);
    const named = { subject: sub, sessionId: sid, tokenId: jti, clientId: client_id, issuedAt: iat };
    const token = { ...named, keyId: randomUUID() } as VerifiedToken;
    const liveTokens = new LiveTokenStore(database(), issuer.clock);
    return { ...issuer, account, token, find: (changes = {}) => liveTokens.find({ ...token, ...changes }) };
  }

  it('counts while its session goes on', async () => {
    const { find } = await setUp();
    expect(await find()).toBeDefined();
  });

  it('has the roles and scopes of the database and the time of the login, whatever it says itself', async () => {
    const { find, account, clock } = await setUp();
    const authTime = Math.floor(clock.now() / 1000);
    clock.advance(60);
    const forged = {
      roles: new Set(['admin']),
      scopes: new Set(['catalog:write']),
      claims: { auth_time: authTime + 60 },
    };
    const scopes = ['inventory:read', 'inventory:reserve', 'orders:read', 'orders:write'];
    expect(await find(forged)).toEqual({ roles: ['customer'], scopes, authTime });
    await database().insert(schema.accountRoles).values({ accountId: account, role: 'catalog-manager' });
    expect(await find()).toMatchObject({ roles: ['catalog-manager', 'customer'] });
  });

  it('does not count after its client was revoked, unless it was issued later', async () => {
    const { find, token, events, clock } = await setUp();
    const issuedBefore = (token.issuedAt + 3) * 1000;
    await database().transaction((tx) =>
      events.append(tx, { type: 'client-revoked', value: token.clientId, issuedBefore }, clock.now() + 300_000),
    );
    expect(await find()).toBeUndefined();
    expect(await find({ issuedAt: token.issuedAt + 2 })).toBeUndefined();
    expect(await find({ issuedAt: token.issuedAt + 3 })).toBeDefined();
    expect(await find({ clientId: 'another' })).toBeDefined();
    await database().delete(schema.securityEvents);
  });

  it.each(['session-revoked', 'token-revoked', 'key-revoked'] as const)('does not count after %s', async (type) => {
    const { find, token, events, clock } = await setUp();
    const denied = { 'session-revoked': token.sessionId, 'token-revoked': token.tokenId, 'key-revoked': token.keyId };
    const append = (value: string) =>
      database().transaction((tx) => events.append(tx, { type, value }, clock.now() + 300_000));
    await append(randomUUID());
    expect(await find()).toBeDefined();
    await append(String(denied[type]));
    expect(await find()).toBeUndefined();
  });

  it('does not count once its session has ended', async () => {
    const { find, account, endSessions } = await setUp();
    await endSessions.endAll(account, { type: 'system' });
    await database().delete(schema.securityEvents);
    expect(await find()).toBeUndefined();
  });

  it('does not count once its session is too old', async () => {
    const { find, clock } = await setUp();
    clock.advance(30 * DAY);
    expect(await find()).toBeUndefined();
  });

  it('does not count while its account is disabled', async () => {
    const { find, account, clock } = await setUp();
    const disabledAt = new Date(clock.now());
    await database().update(schema.accounts).set({ disabledAt }).where(eq(schema.accounts.id, account));
    expect(await find()).toBeUndefined();
  });

  it.each([
    ['somebody else', { subject: randomUUID() }],
    ['nobody that there could be', { subject: 'orders' }],
    ['another session', { sessionId: randomUUID() }],
    ['no session', { sessionId: undefined }],
    ['what cannot be a session', { sessionId: "'" }],
  ])('does not count when it says %s', async (_title, changes) => {
    const { find } = await setUp();
    expect(await find(changes)).toBeUndefined();
  });
});
