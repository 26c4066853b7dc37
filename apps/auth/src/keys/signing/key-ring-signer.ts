import { Refusal } from '@watchword/platform';
import type { ActiveKey, KeyRing } from '../publishing/key-ring.js';
import { signWith } from '../../cryptography/signing-algorithm.js';
import type { TokenSigner } from './token-signer.js';

/** Signs with the active key of the ring. */
export class KeyRingSigner implements TokenSigner {
  /** The last encoded header. It changes with the key. */
  private header = { type: '', kid: '', encoded: '' };

  constructor(private readonly ring: KeyRing) {}

  sign(type: string, claims: object): string {
    const key = this.activeKey();
    const input = `${this.encodedHeader(type, key)}.${encode(claims)}`;
    return `${input}.${signWith(key.algorithm, key.privateKey, Buffer.from(input)).toString('base64url')}`;
  }

  assertReady(): void {
    this.activeKey();
  }

  algorithms(): readonly string[] {
    return [...new Set(this.ring.published().map(({ alg }) => String(alg)))];
  }

  private activeKey(): ActiveKey {
    const key = this.ring.active();
    if (key !== undefined) return key;
    throw new Refusal('unavailable', 'temporarily_unavailable', 'Tokens cannot be issued right now', {
      retryAfterMs: 5000,
    });
  }

  private encodedHeader(type: string, { algorithm, kid }: ActiveKey): string {
    if (this.header.type !== type || this.header.kid !== kid) {
      this.header = { type, kid, encoded: encode({ typ: type, alg: algorithm, kid }) };
    }
    return this.header.encoded;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
