import { createHash, createHmac } from 'node:crypto';
import type { TokenSigner } from './token-signer.js';

/**
 * Signs with HS256 and a secret that all services share (RFC 7518 §3.2). `kid` is the thumbprint of the secret as a JWK
 * (RFC 7638 §3.2), so that two secrets can be in use during a change. The secret itself is never published.
 */
export class SharedSecretSigner implements TokenSigner {
  private readonly secret: Buffer;
  private readonly kid: string;

  /** @param secret base64url, at least 32 random bytes */
  constructor(secret: string) {
    this.secret = Buffer.from(secret, 'base64url');
    this.kid = createHash('sha256')
      .update(JSON.stringify({ k: this.secret.toString('base64url'), kty: 'oct' }))
      .digest('base64url');
  }

  sign(type: string, claims: object): string {
    const input = `${encode({ typ: type, alg: 'HS256', kid: this.kid })}.${encode(claims)}`;
    return `${input}.${createHmac('sha256', this.secret).update(input).digest('base64url')}`;
  }

  assertReady(): void {
    // A secret in memory is always ready.
  }

  algorithms(): readonly string[] {
    return ['HS256'];
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
