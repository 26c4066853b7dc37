import { isIPv6 } from 'node:net';

/**
 * What an address counts as: an IPv4 address alone, an IPv6 address with all of its /64, which one customer has.
 * Unknown addresses count as one.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? expand(address).slice(0, 4).join(':') : address;
}

function expand(address: string): string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0')));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0000'), ...after];
}
