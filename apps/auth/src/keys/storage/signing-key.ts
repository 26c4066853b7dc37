import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../../cryptography/signing-algorithm.js';

/** pending: published, does not sign yet. active: signs. retiring: published, private key destroyed. */
export type KeyState = 'pending' | 'active' | 'retiring' | 'gone' | 'compromised';

/** Times are in milliseconds since the epoch. */
export interface SigningKeyTimes {
  readonly activatesAt: number;
  /** Undefined until there is a successor. */
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

/** The state of a key at a time. It depends on these times only. */
export function keyState(key: SigningKeyTimes, now: number): KeyState {
  if (key.compromisedAt !== undefined) return 'compromised';
  if (key.goneAt !== undefined && now >= key.goneAt) return 'gone';
  if (key.retiresAt !== undefined && now >= key.retiresAt) return 'retiring';
  return now < key.activatesAt ? 'pending' : 'active';
}

/** Whether a verifier may need it. */
export function isPublished(key: SigningKeyTimes, now: number): boolean {
  const state = keyState(key, now);
  return state === 'pending' || state === 'active' || state === 'retiring';
}
