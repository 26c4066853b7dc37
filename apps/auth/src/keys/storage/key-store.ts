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

/** An arbitrary number, the same in every instance. */
const LOCK = 7_315_002;

/** Signing keys in the database, their private halves encrypted. */
export class KeyStore {
  /** Keys that were opened before: a private key is decrypted once a process. */
  private readonly opened = new Map<string, KeyObject>();

  constructor(private readonly encryption: PrivateKeyEncryption) {}

  /** Every key, the newest first. */
  async load(db: AuthQueries): Promise<SigningKey[]> {
    const rows = await this.rows(db);
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

  /**
   * Lets one transaction at a time change the keys. The constraints of the table would refuse the second one; with this
   * it waits, and then sees what the first has done.
   */
  async lock(tx: AuthTransaction): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  }

  /** Every key, in no order. */
  rows(db: AuthQueries): Promise<KeyRow[]> {
    return db.select().from(signingKeys);
  }

  /** The key that signs until a successor is known. */
  async findOpen(db: AuthQueries): Promise<KeyRow | undefined> {
    const [open] = await db.select().from(signingKeys).where(isNull(signingKeys.retiresAt));
    return open;
  }

  /** @returns false when another instance has written an open one */
  async insertFirst(tx: AuthTransaction, key: NewSigningKey): Promise<boolean> {
    const written = await tx.insert(signingKeys).values(key).onConflictDoNothing().returning();
    return written.length > 0;
  }

  async insert(tx: AuthTransaction, key: NewSigningKey): Promise<void> {
    await tx.insert(signingKeys).values(key);
  }

  /** Gives a key its end. Times in milliseconds. */
  close(tx: AuthTransaction, kid: string, retiresAt: number, retirement: number): Promise<void> {
    return this.update(tx, kid, { retiresAt: new Date(retiresAt), goneAt: new Date(retiresAt + retirement) });
  }

  /** Moves the moment at which a pending key starts. */
  activate(tx: AuthTransaction, kid: string, activatesAt: number): Promise<void> {
    return this.update(tx, kid, { activatesAt: new Date(activatesAt) });
  }

  /** Out of the JWK Set from then on, its private half destroyed. */
  compromise(tx: AuthTransaction, kid: string, at: number, retiresAt: number): Promise<void> {
    const compromisedAt = new Date(at);
    const gone = { compromisedAt, goneAt: compromisedAt, retiresAt: new Date(retiresAt) };
    return this.update(tx, kid, { ...gone, privateKey: null, encryptionKey: null });
  }

  /** Destroys the private halves of keys that stopped to sign until then. */
  async destroyRetired(db: AuthDatabase, retiredBefore: number): Promise<void> {
    await db
      .update(signingKeys)
      .set({ privateKey: null, encryptionKey: null })
      .where(and(lte(signingKeys.retiresAt, new Date(retiredBefore)), isNotNull(signingKeys.privateKey)));
  }

  /**
   * Encrypts anew what was encrypted with another key-encryption key than the one in use.
   *
   * @returns how many keys that were
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

/** The times of a key as {@link keyState} takes them. */
export function keyTimes(row: KeyRow): SigningKeyTimes {
  return {
    activatesAt: row.activatesAt.getTime(),
    retiresAt: row.retiresAt?.getTime(),
    goneAt: row.goneAt?.getTime(),
    compromisedAt: row.compromisedAt?.getTime(),
  };
}

/** Only what a public key has, whatever the row holds: `d` and its kind never leave the process. */
function publicMembers(jwk: JsonWebKey): JsonWebKey {
  const { kid, alg, use } = jwk;
  return { ...createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' }), kid, alg, use };
}
