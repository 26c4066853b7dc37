import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { AUTH_DATABASE, makeIssuer } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import type { Refusal } from './refusals.js';

describeOnEachDatabase('refusals in the audit log', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  beforeEach(() => database().delete(schema.auditLog));

  const refused = (id: string, ip = '192.0.2.1', action: Refusal['action'] = 'account.login-refused'): Refusal => ({
    action,
    target: { type: 'account', id },
    ip,
    detail: { code: 'invalid_credentials' },
  });
  const entries = async () =>
    (await database().select().from(schema.auditLog).orderBy(schema.auditLog.id)).map(
      ({ action, targetType, targetId, ip, detail }) => ({
        action,
        target: `${targetType} ${targetId}`,
        ip,
        detail,
      }),
    );

  it('are written at once, and how often each came again at the end of the minute', async () => {
    const { refusals } = makeIssuer(database());
    for (let count = 0; count < 500; count += 1) refusals.record(refused('ann'));
    refusals.record(refused('bob'));
    await refusals.written();
    const detail = { code: 'invalid_credentials', network: '192.0.2.1' };
    const once = { action: 'account.login-refused', ip: '192.0.2.1', detail };
    expect(await entries()).toEqual([
      { ...once, target: 'account ann' },
      { ...once, target: 'account bob' },
    ]);
    refusals.endWindow();
    await refusals.written();
    expect((await entries()).slice(2)).toEqual([{ ...once, target: 'account ann', detail: { ...detail, more: 499 } }]);
    refusals.endWindow();
    await refusals.written();
    expect(await entries()).toHaveLength(3);
  });

  it('of very many are a bounded number of entries, and none is forgotten', async () => {
    const { refusals } = makeIssuer(database());
    for (let network = 0; network < 10_000; network += 1) {
      refusals.record(refused('ann', `10.0.${String(network >> 8)}.${String(network & 255)}`));
    }
    // Another kind has room of its own.
    refusals.record(refused('ann', '192.0.2.1', 'account.change-password-refused'));
    refusals.endWindow();
    await refusals.written();
    const written = await entries();
    expect(written).toHaveLength(202);
    expect(written.find(({ target }) => target === 'network others')).toMatchObject({
      action: 'account.login-refused',
      detail: { more: 9_800 },
    });
    expect(written.filter(({ action }) => action === 'account.change-password-refused')).toHaveLength(1);
  });

  it('are told apart by network, and addresses of one network are not', async () => {
    const { refusals } = makeIssuer(database());
    for (const ip of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) refusals.record(refused('ann', ip));
    await refusals.written();
    expect((await entries()).map(({ detail }) => detail?.['network'])).toEqual([
      '2001:0db8:0000:0000',
      '2001:0db8:0000:0001',
    ]);
  });

  it('are written when the app ends', async () => {
    const { refusals } = makeIssuer(database());
    refusals.onApplicationBootstrap();
    refusals.record(refused('ann'));
    refusals.record(refused('ann'));
    await refusals.beforeApplicationShutdown();
    expect(await entries()).toHaveLength(2);
  });
});
