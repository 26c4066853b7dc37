import type { KeyRow } from '../storage/key-store.js';

/** The key that starts signing when `key` stops. */
export function successorOf(key: KeyRow, keys: readonly KeyRow[]): KeyRow | undefined {
  const end = key.retiresAt?.getTime();
  return keys.find((other) => other !== key && isUsable(other) && other.activatesAt.getTime() === end);
}

/** The key that stops signing when `key` starts. */
export function predecessorOf(key: KeyRow, keys: readonly KeyRow[]): KeyRow | undefined {
  const start = key.activatesAt.getTime();
  return keys.find((other) => other !== key && isUsable(other) && other.retiresAt?.getTime() === start);
}

/** Whether it is not compromised and ever signs: a pending key that was replaced never does. */
function isUsable({ compromisedAt, activatesAt, retiresAt }: KeyRow): boolean {
  return compromisedAt === null && retiresAt?.getTime() !== activatesAt.getTime();
}
