import { randomKeys } from '../../test/issuer.js';
import { networkOf, siteOf } from '../attempts/network.js';
import { emailKey } from './email.js';
import { KnownDevices } from './known-devices.js';

describe('an email address', () => {
  it.each([
    ['Ann@Example.COM', 'ann@example.com'],
    [' ann@example.com ', 'ann@example.com'],
    ['\uff41nn@example.com', 'ann@example.com'],
    ['cafe\u0301@example.com', 'caf\u00e9@example.com'],
    ['ann@b\u00fccher.example', 'ann@xn--bcher-kva.example'],
  ])('%j is the same as %j', (one, other) => {
    expect(emailKey(one)).toBe(emailKey(other));
  });

  it('is not the same in another mailbox', () => {
    expect(emailKey('ann+1@example.com')).not.toBe(emailKey('ann@example.com'));
  });
});

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:aaaa::1', '2001:0db8:0001:0002'],
    ['2001:db8:1:2::ffff', '2001:0db8:0001:0002'],
    ['2001:db8::1', '2001:0db8:0000:0000'],
    ['::1', '0000:0000:0000:0000'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db8:1:2::1]:4711', '2001:0db8:0001:0002'],
    ['[2001:db8:1:2::1]', '2001:0db8:0001:0002'],
    ['2001:DB8:ABCD:2::1', '2001:0db8:abcd:0002'],
    ['192.0.2.1:4711:5', 'unknown'],
    ['192.0.2.999', 'unknown'],
    ['somebody', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('the site of an address', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:0db8:0001'],
    ['[2001:db8:1:ffff::1]:443', '2001:0db8:0001'],
    ['192.0.2.1', undefined],
    ['::ffff:192.0.2.1', undefined],
    ['somebody', undefined],
  ])('of %s is %s', (address, site) => {
    expect(siteOf(address)).toBe(site);
  });
});

describe('a known device', () => {
  const devices = new KnownDevices(randomKeys());
  const CHANGED = new Date();

  it('is recognised for its account alone', () => {
    const token = devices.remember('ann@example.com', CHANGED);
    expect(devices.recognise(token, 'ANN@example.com', CHANGED)).toEqual(expect.any(String));
    expect(devices.recognise(token, 'bob@example.com', CHANGED)).toBeUndefined();
    expect(new KnownDevices(randomKeys()).recognise(token, 'ann@example.com', CHANGED)).toBeUndefined();
  });

  it('is forgotten with the password, and where there is no account', () => {
    const token = devices.remember('ann@example.com', CHANGED);
    expect(devices.recognise(token, 'ann@example.com', new Date(CHANGED.getTime() + 1))).toBeUndefined();
    expect(devices.recognise(token, 'ann@example.com', undefined)).toBeUndefined();
  });

  it.each([undefined, '', '.', 'a.b', 'a.b.c', 'x'.repeat(2000)])('is not %j', (token) => {
    expect(devices.recognise(token, 'ann@example.com', CHANGED)).toBeUndefined();
  });
});
