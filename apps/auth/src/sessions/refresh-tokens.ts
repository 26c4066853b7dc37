import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import type { KeyEncryptionKeys } from '../keys/key-encryption-keys.js';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const LENGTH = Math.ceil(((ID_BYTES + SECRET_BYTES + TAG_BYTES) * 4) / 3);

export const SUCCESSOR_NONCE_BYTES = 32;

/** A refresh token as a client holds it, and as the database knows it. */
export interface RefreshToken {
  readonly text: string;
  /** SHA-256 of session id and secret. 256 random bits need no slow hash. */
  readonly hash: Buffer;
}

/** A refresh token that a client has presented. */
export interface PresentedRefreshToken extends RefreshToken {
  /** The session that it says it belongs to. */
  readonly sessionId: string;
  readonly secret: Buffer;
  /** Whether this issuer made it, at any time: a token that is no longer known, but genuine, was used before. */
  readonly genuine: boolean;
}

/**
 * Opaque refresh tokens: session id, 256 secret bits and a tag that shows that the issuer made them.
 *
 * A successor is derived from its predecessor, a stored nonce and a key outside of the database. Within the grace
 * period the holder of the predecessor gets the same successor again, though nothing stored would give it away.
 */
export class RefreshTokens {
  private readonly tagKeys: readonly [Buffer, ...Buffer[]];
  private readonly successorKeys: readonly [Buffer, ...Buffer[]];

  constructor(keys: KeyEncryptionKeys) {
    this.tagKeys = keys.deriveAll('refresh token tag');
    this.successorKeys = keys.deriveAll('refresh token successor');
  }

  /** The first token of a session. */
  first(sessionId: string): RefreshToken {
    return this.make(sessionId, randomBytes(SECRET_BYTES));
  }

  /** @returns undefined when it can't be a refresh token */
  parse(text: string): PresentedRefreshToken | undefined {
    if (text.length !== LENGTH) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.toString('base64url') !== text) return undefined;
    const body = bytes.subarray(0, ID_BYTES + SECRET_BYTES);
    const tag = bytes.subarray(ID_BYTES + SECRET_BYTES);
    const secret = body.subarray(ID_BYTES);
    const genuine = this.tagKeys.some((key) => timingSafeEqual(tagOf(key, body), tag));
    return { text, hash: sha256(body), sessionId: toUuid(body.subarray(0, ID_BYTES)), secret, genuine };
  }

  /** The token that follows `predecessor`; the same for the same nonce. */
  successor(predecessor: PresentedRefreshToken, nonce: Buffer): RefreshToken {
    return this.derive(this.successorKeys[0], predecessor, nonce);
  }

  /** The successor whose hash is known: also when the key-encryption key was changed since it was made. */
  successorWithHash(predecessor: PresentedRefreshToken, nonce: Buffer, hash: Buffer): RefreshToken | undefined {
    return this.successorKeys
      .map((key) => this.derive(key, predecessor, nonce))
      .find((successor) => timingSafeEqual(successor.hash, hash));
  }

  private derive(key: Buffer, { sessionId, secret }: PresentedRefreshToken, nonce: Buffer): RefreshToken {
    return this.make(sessionId, createHmac('sha256', key).update(secret).update(nonce).digest());
  }

  private make(sessionId: string, secret: Buffer): RefreshToken {
    const body = Buffer.concat([parseUuid(sessionId), secret]);
    const text = Buffer.concat([body, tagOf(this.tagKeys[0], body)]).toString('base64url');
    return { text, hash: sha256(body) };
  }
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
