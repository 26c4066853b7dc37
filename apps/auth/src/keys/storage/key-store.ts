import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { and, eq, isNotNull, isNull, lte, ne, sql } from 'drizzle-orm';
import { calculateJwkThumbprint } from 'jose';
import type { AuthDatabase, AuthQueries, AuthTransaction } from '../../database/auth-database.js';
import { signingKeys } from '../../database/schema/index.js';
import type { PrivateKeyEncryption } from './private-key-encryption.js';
import { generateSigningKeyPair, type SigningAlgorithm } from '../../cryptography/signing-algorithm.js';
import type { SigningKey, SigningKeyTimes } from './signing-key.js';

export type KeyRow = typeof signingKeys.$inferSelect;
export type NewSigningKey = typeof signingKeys.$inferInsert;

/** The id of the advisory lock: an arbitrary number, the same in every instance. */
const LOCK = 7_315_002;

/** Stores the signing keys, with encrypted private keys. */
export class KeyStore {
  /** Decrypted private keys: each is decrypted once per process. */
  private readonly opened = new Map<string, KeyObject>();

  constructor(private readonly encryption: PrivateKeyEncryption) {}

  /** All keys, newest first. */
  async load(db: AuthQueries): Promise<SigningKey[]> {
    const rows = await this.rows(db);
    const keys = rows.map((row) => this.toSigningKey(row)).toSorted((a, b) => b.activatesAt - a.activatesAt);
    for (const key of keys) if (key.privateKey === undefined) this.opened.delete(key.kid);
    return keys;
  }

  /** Creates a key pair as a row that is not stored yet. The caller provides the times. */
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

  /**
   * Locks the keys, so that only one transaction at a time changes them. Without the lock, the constraints of the table would refuse
   * the second one. With it, the second one waits and sees the changes of the first.
   */
  async lock(tx: AuthTransaction): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  }

  /** All keys, without an order. */
  rows(db: AuthQueries): Promise<KeyRow[]> {
    return db.select().from(signingKeys);
  }

  /** The key that has no successor yet. */
  async findOpen(db: AuthQueries): Promise<KeyRow | undefined> {
    const [open] = await db.select().from(signingKeys).where(isNull(signingKeys.retiresAt));
    return open;
  }

  /** @returns false if another instance has stored a key without an end */
  async insertFirst(tx: AuthTransaction, key: NewSigningKey): Promise<boolean> {
    const written = await tx.insert(signingKeys).values(key).onConflictDoNothing().returning();
    return written.length > 0;
  }

  async insert(tx: AuthTransaction, key: NewSigningKey): Promise<void> {
    await tx.insert(signingKeys).values(key);
  }

  /** Sets when a key stops signing. Times are in milliseconds. */
  close(tx: AuthTransaction, kid: string, retiresAt: number, retirement: number): Promise<void> {
    return this.update(tx, kid, { retiresAt: new Date(retiresAt), goneAt: new Date(retiresAt + retirement) });
  }

  /** Changes when a pending key starts signing. */
  activate(tx: AuthTransaction, kid: string, activatesAt: number): Promise<void> {
    return this.update(tx, kid, { activatesAt: new Date(activatesAt) });
  }

  /** Removes a key from the JWK Set from then on, and destroys its private key. */
  compromise(tx: AuthTransaction, kid: string, at: number, retiresAt: number): Promise<void> {
    const compromisedAt = new Date(at);
    const gone = { compromisedAt, goneAt: compromisedAt, retiresAt: new Date(retiresAt) };
    return this.update(tx, kid, { ...gone, privateKey: null, encryptionKey: null });
  }

  /** Destroys the private keys that stopped signing before then. */
  async destroyRetired(db: AuthDatabase, retiredBefore: number): Promise<void> {
    await db
      .update(signingKeys)
      .set({ privateKey: null, encryptionKey: null })
      .where(and(lte(signingKeys.retiresAt, new Date(retiredBefore)), isNotNull(signingKeys.privateKey)));
  }

  /**
   * Encrypts again all private keys that are not encrypted with the current key-encryption key.
   *
   * @returns the number of these keys
   */
  async reencrypt(db: AuthDatabase): Promise<number> {
    const rows = await db
      .select()
      .from(signingKeys)
      .where(and(isNotNull(signingKeys.privateKey), ne(signingKeys.encryptionKey, this.encryption.currentVersion)));
    for (const row of rows) await this.reencryptOne(db, row);
    return rows.length;
  }

  private async update(tx: AuthTransaction, kid: string, change: Partial<KeyRow>): Promise<void> {
    await tx.update(signingKeys).set(change).where(eq(signingKeys.kid, kid));
  }

  private async reencryptOne(db: AuthDatabase, row: KeyRow): Promise<void> {
    const key = this.open(row);
    if (key === undefined || row.encryptionKey === null) return;
    const { bytes, version } = this.encryption.seal(key, row);
    await db
      .update(signingKeys)
      .set({ privateKey: bytes, encryptionKey: version })
      .where(and(eq(signingKeys.kid, row.kid), eq(signingKeys.encryptionKey, row.encryptionKey)));
  }

  private toSigningKey(row: KeyRow): SigningKey {
    return {
      kid: row.kid,
      algorithm: row.algorithm as SigningAlgorithm,
      publicJwk: publicMembers(row.publicJwk),
      privateKey: this.open(row),
      createdAt: row.createdAt.getTime(),
      ...keyTimes(row),
    };
  }

  private open({ kid, algorithm, privateKey, encryptionKey }: KeyRow): KeyObject | undefined {
    if (privateKey === null || encryptionKey === null) return undefined;
    const known = this.opened.get(kid);
    if (known !== undefined) return known;
    const key = this.encryption.open({ bytes: privateKey, version: encryptionKey }, { kid, algorithm });
    this.opened.set(kid, key);
    return key;
  }
}

/** The times of a key, for {@link keyState}. */
export function keyTimes(row: KeyRow): SigningKeyTimes {
  return {
    activatesAt: row.activatesAt.getTime(),
    retiresAt: row.retiresAt?.getTime(),
    goneAt: row.goneAt?.getTime(),
    compromisedAt: row.compromisedAt?.getTime(),
  };
}

/** Only the public members, so that private members such as `d` are never published, even if the row contained them. */
function publicMembers(jwk: JsonWebKey): JsonWebKey {
  const { kid, alg, use } = jwk;
  return { ...createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' }), kid, alg, use };
}
