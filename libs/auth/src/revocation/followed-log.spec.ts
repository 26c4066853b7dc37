import { FollowedLog, LogGapError, type LogMessage } from './followed-log.js';
import type { RevocationEvent } from './revocation-event.js';

const ISSUER = 'https://issuer.test';
const NOW = 1_800_000_000_000;
const END = NOW / 1000 + 300;
const clock = { now: () => NOW };

const snapshot = (seq: number, epoch = 'e1', issuer = ISSUER): LogMessage => ({
  event: 'snapshot',
  data: JSON.stringify({ issuer, epoch, seq }),
});
const revoked = (seq: number, value: string, epoch = 'e1', type = 'session-revoked'): LogMessage => ({
  id: `${epoch}:${seq}`,
  event: type,
  data: JSON.stringify({ value, expires_at: END }),
});
const checkpoint = (seq: number, epoch = 'e1'): LogMessage => ({
  id: `${epoch}:${seq}`,
  event: 'checkpoint',
  data: JSON.stringify({ seq }),
});

function follow(...messages: LogMessage[]) {
  const told: RevocationEvent[] = [];
  const log = new FollowedLog(ISSUER, clock, (event) => told.push(event));
  for (const message of messages) log.take(message);
  const denies = (sessionId: string): boolean =>
    log.list.isRevoked({ sessionId, tokenId: 't', subject: 's', keyId: 'k' } as never);
  return { log, told, denies };
}

it('takes a snapshot, and what comes after it', () => {
  const { log, denies } = follow(snapshot(2), revoked(1, 'a'), revoked(2, 'b'), checkpoint(2), revoked(3, 'c'));
  expect(['a', 'b', 'c', 'd'].map(denies)).toEqual([true, true, true, false]);
  expect(log.lastEventId).toBe('e1:3');
});

it('counts a snapshot whole or not at all: until then what was known before counts', () => {
  const { log, denies } = follow(snapshot(1), revoked(1, 'a'), checkpoint(1), snapshot(2, 'e2'), revoked(1, 'b', 'e2'));
  expect(['a', 'b'].map(denies)).toEqual([true, false]);
  log.interrupt();
  expect(() => log.take(revoked(2, 'b', 'e2'))).toThrow(LogGapError);
  expect(['a', 'b'].map(denies)).toEqual([true, false]);
  for (const message of [snapshot(2, 'e2'), revoked(2, 'b', 'e2'), checkpoint(2, 'e2')]) log.take(message);
  expect(['a', 'b'].map(denies)).toEqual([false, true]);
});

it('ignores what it had before', () => {
  const { told, denies } = follow(
    snapshot(0),
    checkpoint(0),
    revoked(1, 'a'),
    revoked(1, 'a'),
    revoked(1, 'x'),
    revoked(2, 'b'),
  );
  expect(told.map(({ value }) => value)).toEqual(['a', 'b']);
  expect(denies('x')).toBe(false);
});

it.each<[string, LogMessage]>([
  ['an event is missing', revoked(3, 'c')],
  ['a checkpoint is ahead', checkpoint(2)],
  ['an event is of another epoch', revoked(2, 'b', 'e2')],
  ['a checkpoint is of another epoch', checkpoint(1, 'e2')],
  ['a snapshot is of another issuer', snapshot(5, 'e1', 'https://evil.test')],
  ['a snapshot says not where it ends', { event: 'snapshot', data: JSON.stringify({ issuer: ISSUER }) }],
  ['an event has no id', { ...revoked(2, 'b'), id: undefined }],
  ['an id is malformed', { ...revoked(2, 'b'), id: 'e1' }],
  ['an event has no value', { id: 'e1:2', event: 'session-revoked', data: '{"expires_at":1}' }],
  ['an event has no end', { id: 'e1:2', event: 'session-revoked', data: '{"value":"b"}' }],
])('does not go on when %s', (_, message) => {
  const { log, denies } = follow(snapshot(1), revoked(1, 'a'), checkpoint(1));
  expect(() => log.take(message)).toThrow(LogGapError);
  expect(['a', 'b', 'c'].map(denies)).toEqual([true, false, false]);
});

it.each(['', '{', '[]', '{"value":"a","value":"b","expires_at":1}'])('does not read %j', (data) => {
  const { log } = follow(snapshot(0), checkpoint(0));
  expect(() => log.take({ id: 'e1:1', event: 'session-revoked', data })).toThrow(SyntaxError);
});

it('goes on past an event of a type that it does not know', () => {
  const { log, denies } = follow(snapshot(0), checkpoint(0), revoked(1, 'a', 'e1', 'something-new'), revoked(2, 'b'));
  expect(['a', 'b'].map(denies)).toEqual([false, true]);
  expect(log.take(checkpoint(2))).toBe(true);
});

it('tells of keys, in a snapshot as well, and denies what a revoked one signed', () => {
  const { told, log } = follow(
    snapshot(1),
    revoked(1, 'k1', 'e1', 'key-revoked'),
    checkpoint(1),
    revoked(2, '', 'e1', 'keys-changed'),
  );
  expect(told.map(({ type, value }) => `${type} ${value}`)).toEqual(['key-revoked k1', 'keys-changed ']);
  expect(log.list.isRevoked({ sessionId: undefined, tokenId: 't', subject: 's', keyId: 'k1' } as never)).toBe(true);
});

it('denies what a revoked client obtained before, for whomever, and nothing that it obtains later', () => {
  const data = JSON.stringify({ value: 'orders', expires_at: END, issued_before: NOW / 1000 + 3 });
  const { log } = follow(snapshot(0), checkpoint(0), { id: 'e1:1', event: 'client-revoked', data });
  const denied = (clientId: string, issuedAt: number): boolean =>
    log.list.isRevoked({ sessionId: 'a', tokenId: 't', subject: 's', keyId: 'k', clientId, issuedAt } as never);
  expect(denied('orders', NOW / 1000)).toBe(true);
  expect(denied('orders', NOW / 1000 + 2)).toBe(true);
  expect(denied('orders', NOW / 1000 + 3)).toBe(false);
  expect(denied('catalog', NOW / 1000)).toBe(false);
  const own = { tokenId: 't', subject: 'orders', keyId: 'k', clientId: 'orders', issuedAt: NOW / 1000 } as never;
  expect(log.list.isRevoked(own)).toBe(false);
  const again = new FollowedLog(ISSUER, clock, () => undefined);
  again.list.restore(JSON.parse(JSON.stringify(log.list.save())) as ReturnType<typeof log.list.save>);
  expect(again.list.isRevoked({ clientId: 'orders', issuedAt: NOW / 1000 } as never)).toBe(true);
});

it('does not go on when an event says in another way than by a number what it denies', () => {
  const { log } = follow(snapshot(0), checkpoint(0));
  const data = JSON.stringify({ value: 'orders', expires_at: END, issued_before: 'everything' });
  expect(() => log.take({ id: 'e1:1', event: 'client-revoked', data })).toThrow(LogGapError);
});
