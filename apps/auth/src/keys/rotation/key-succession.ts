import type { KeyRow } from '../storage/key-store.js';

/** The key that starts where `key` stops. */
export function successorOf(key: KeyRow, keys: readonly KeyRow[]): KeyRow | undefined {
  const end = key.retiresAt?.getTime();
  return keys.find((other) => other !== key && isUsable(other) && other.activatesAt.getTime() === end);
}

/** The key that stops where `key` starts. */
export function predecessorOf(key: KeyRow, keys: readonly KeyRow[]): KeyRow | undefined {
  const start = key.activatesAt.getTime();
  return keys.find((other) => other !== key && isUsable(other) && other.retiresAt?.getTime() === start);
}

/** Not compromised, and of some duration: a pending key that was replaced never signs. */
function isUsable({ compromisedAt, activatesAt, retiresAt }: KeyRow): boolean {
  return compromisedAt === null && retiresAt?.getTime() !== activatesAt.getTime();
}
