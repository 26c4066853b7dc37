import type { IncomingMessage } from 'node:http';

/** Whether the proxy with this address is trusted: Express's `trust proxy fn`. */
export type TrustProxy = (address: string, hop: number) => boolean;

/** The same as Express's `request.ip`: the nearest address that is not a trusted proxy. */
export function clientAddress({ socket, headers }: IncomingMessage, isTrusted: TrustProxy): string | undefined {
  let address = socket.remoteAddress;
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined) return address;
  const before = [forwarded].flat().join(',').split(',');
  for (let hop = 0; address !== undefined && isTrusted(address, hop); hop += 1) {
    const next = before.pop()?.trim();
    if (next === undefined) break;
    address = next;
  }
  return address;
}
