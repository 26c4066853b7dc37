import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import type { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const LENGTH = Math.ceil(((ID_BYTES + SECRET_BYTES + TAG_BYTES) * 4) / 3);

const SUCCESSOR_NONCE_BYTES = 32;

/** A refresh token: its text for the client, and its hash for the database. */
export interface RefreshToken {
  readonly text: string;
  /** SHA-256 of session id and secret. The secret has 256 random bits, so it needs no slow hash. */
  readonly hash: Buffer;
}

/** A refresh token that a client presents. */
export interface PresentedRefreshToken extends RefreshToken {
  /** The session in the token, not verified. */
  readonly sessionId: string;
  readonly secret: Buffer;
  /** Whether this issuer created it at any time. A genuine token that is not the current one was used before. */
  readonly genuine: boolean;
}

/** The keys that are derived from one key-encryption key. */
interface DerivedKeys {
  readonly tag: Buffer;
  readonly successor: Buffer;
}

/**
 * Opaque refresh tokens: a session id, 256 secret bits, and a tag (MAC) that shows that the issuer created the token.
 *
 * A successor is derived from its predecessor, a stored nonce and a key outside of the database. So within the grace period the same
 * successor can be returned again, although the database does not contain it.
 */
export class RefreshTokens {
  private readonly keys: readonly [DerivedKeys, ...DerivedKeys[]];

  constructor(keys: KeyEncryptionKeys) {
    const [tag, ...olderTags] = keys.deriveAll('refresh token tag');
    const [successor, ...olderSuccessors] = keys.deriveAll('refresh token successor');
    const older = olderSuccessors.map((key, index) => ({ successor: key, tag: olderTags[index] ?? tag }));
    this.keys = [{ tag, successor }, ...older];
  }

  /** The first token of a session. */
  first(sessionId: string): RefreshToken {
    return make(this.keys[0], sessionId, randomBytes(SECRET_BYTES));
  }

  /** @returns undefined if it is not a refresh token */
  parse(text: string): PresentedRefreshToken | undefined {
    if (text.length !== LENGTH) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.toString('base64url') !== text) return undefined;
    const body = bytes.subarray(0, ID_BYTES + SECRET_BYTES);
    const tag = bytes.subarray(ID_BYTES + SECRET_BYTES);
    const secret = body.subarray(ID_BYTES);
    const genuine = this.keys.some((key) => timingSafeEqual(tagOf(key.tag, body), tag));
    return { text, hash: sha256(body), sessionId: toUuid(body.subarray(0, ID_BYTES)), secret, genuine };
  }

  /** A new successor of `predecessor`. With its nonce, it can be derived again: see {@link successorWithHash}. */
  next(predecessor: PresentedRefreshToken): { readonly successor: RefreshToken; readonly nonce: Buffer } {
    const nonce = randomBytes(SUCCESSOR_NONCE_BYTES);
    return { successor: derive(this.keys[0], predecessor, nonce), nonce };
  }

  /** Derives the successor with this hash again, also if the key-encryption key was changed since. */
  successorWithHash(predecessor: PresentedRefreshToken, nonce: Buffer, hash: Buffer): RefreshToken | undefined {
    return this.keys
      .map((key) => derive(key, predecessor, nonce))
      .find((successor) => timingSafeEqual(successor.hash, hash));
  }
}

function derive(keys: DerivedKeys, { sessionId, secret }: PresentedRefreshToken, nonce: Buffer): RefreshToken {
  return make(keys, sessionId, createHmac('sha256', keys.successor).update(secret).update(nonce).digest());
}

function make({ tag }: DerivedKeys, sessionId: string, secret: Buffer): RefreshToken {
  const body = Buffer.concat([parseUuid(sessionId), secret]);
  return { text: Buffer.concat([body, tagOf(tag, body)]).toString('base64url'), hash: sha256(body) };
}

function tagOf(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, TAG_BYTES);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function toUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
