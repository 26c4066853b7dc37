import { isIP, isIPv6 } from 'node:net';

const UNKNOWN = 'unknown';
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/;

/**
 * The network for which an address counts: an IPv4 address itself, or the /64 of an IPv6 address, which belongs to one customer. A
 * port that a proxy has added is ignored. All invalid addresses count as one network.
 */
export function networkOf(address: string | undefined): string {
  const bare = bareAddress(address);
  return isIPv6(bare) ? expand(bare).slice(0, 4).join(':') : bare;
}

/** The /48 of an IPv6 address, which belongs to one site; undefined for other addresses. */
export function siteOf(address: string | undefined): string | undefined {
  const bare = bareAddress(address);
  return isIPv6(bare) ? expand(bare).slice(0, 3).join(':') : undefined;
}

function bareAddress(address = ''): string {
  const [, six, four] = WITH_PORT.exec(address) ?? [];
  const bare = six ?? four ?? address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  return isIP(bare) === 0 ? UNKNOWN : bare;
}

function expand(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0')));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0000'), ...after];
}
