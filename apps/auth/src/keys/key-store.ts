import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { AuthQueries } from '../database/auth-database.js';
import { signingKeys } from '../database/schema/index.js';
import type { PrivateKeyEncryption } from './private-key-encryption.js';
import { generateSigningKeyPair, type SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKey } from './signing-key.js';

type Row = typeof signingKeys.$inferSelect;
export type NewSigningKey = typeof signingKeys.$inferInsert;

/** Signing keys in the database, their private halves encrypted. */
export class KeyStore {
  /** Keys that were opened before: a private key is decrypted once a process. */
  private readonly opened = new Map<string, KeyObject>();

  constructor(private readonly encryption: PrivateKeyEncryption) {}

  /** Every key, the newest first. */
  async load(db: AuthQueries): Promise<SigningKey[]> {
    const rows = await db.select().from(signingKeys);
    const keys = rows.map((row) => this.toSigningKey(row)).toSorted((a, b) => b.activatesAt - a.activatesAt);
    for (const key of keys) if (key.privateKey === undefined) this.opened.delete(key.kid);
    return keys;
  }

  /** A new key pair as a row, not yet written: it takes its times from the caller. */
  async make(algorithm: SigningAlgorithm, times: { createdAt: number; activatesAt: number }): Promise<NewSigningKey> {
    const pair = await generateSigningKeyPair(algorithm);
    const jwk = pair.publicKey.export({ format: 'jwk' });
    const kid = await calculateJwkThumbprint(jwk);
    const { bytes, version } = this.encryption.seal(pair.privateKey, { kid, algorithm });
    return {
      kid,
      algorithm,
      publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' },
      privateKey: bytes,
      encryptionKey: version,
      createdAt: new Date(times.createdAt),
      activatesAt: new Date(times.activatesAt),
    };
  }

  private toSigningKey(row: Row): SigningKey {
    return {
      kid: row.kid,
      algorithm: row.algorithm as SigningAlgorithm,
      publicJwk: publicMembers(row.publicJwk),
      privateKey: this.open(row),
      createdAt: row.createdAt.getTime(),
      activatesAt: row.activatesAt.getTime(),
      retiresAt: row.retiresAt?.getTime(),
      goneAt: row.goneAt?.getTime(),
      compromisedAt: row.compromisedAt?.getTime(),
    };
  }

  private open({ kid, algorithm, privateKey, encryptionKey }: Row): KeyObject | undefined {
    if (privateKey === null || encryptionKey === null) return undefined;
    const known = this.opened.get(kid);
    if (known !== undefined) return known;
    const key = this.encryption.open({ bytes: privateKey, version: encryptionKey }, { kid, algorithm });
    this.opened.set(kid, key);
    return key;
  }
}

/** Only what a public key has, whatever the row holds: `d` and its kind never leave the process. */
function publicMembers(jwk: JsonWebKey): JsonWebKey {
  const { kid, alg, use } = jwk;
  return { ...createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' }), kid, alg, use };
}
