import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../../cryptography/signing-algorithm.js';

/** pending: published, not signing. active: signs. retiring: published, private half destroyed. */
export type KeyState = 'pending' | 'active' | 'retiring' | 'gone' | 'compromised';

/** Times are milliseconds since the epoch. */
export interface SigningKeyTimes {
  readonly activatesAt: number;
  /** Open until a successor is known. */
  readonly retiresAt: number | undefined;
  readonly goneAt: number | undefined;
  readonly compromisedAt: number | undefined;
}

export interface SigningKey extends SigningKeyTimes {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JsonWebKey;
  /** Undefined once destroyed. */
  readonly privateKey: KeyObject | undefined;
  readonly createdAt: number;
}

/** What a key is at a moment. Nothing else decides it. */
export function keyState(key: SigningKeyTimes, now: number): KeyState {
  if (key.compromisedAt !== undefined) return 'compromised';
  if (key.goneAt !== undefined && now >= key.goneAt) return 'gone';
  if (key.retiresAt !== undefined && now >= key.retiresAt) return 'retiring';
  return now < key.activatesAt ? 'pending' : 'active';
}

/** Whether a verifier may still need it. */
export function isPublished(key: SigningKeyTimes, now: number): boolean {
  const state = keyState(key, now);
  return state === 'pending' || state === 'active' || state === 'retiring';
}
