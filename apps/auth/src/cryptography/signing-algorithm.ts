import { constants, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** The signature algorithms of the issuer (RFC 7518 §3.1, RFC 8037 §3.1). */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const RSA_BITS = 2048;

/** Creates a key pair. RSA takes some tenths of a second in the thread pool. */
export function generateSigningKeyPair(algorithm: SigningAlgorithm): Promise<KeyPair> {
  switch (algorithm) {
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generate('ed25519', undefined);
    case 'RS256':
    case 'PS256':
      return generate('rsa', { modulusLength: RSA_BITS });
    default:
      throw unknownAlgorithm(algorithm);
  }
}

/** The JWS signature of `data`. Synchronous: for ES256, that is much faster than the thread pool. */
export function signWith(algorithm: SigningAlgorithm, key: KeyObject, data: Buffer): Buffer {
  switch (algorithm) {
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return sign(null, data, key);
    case 'RS256':
      return sign('sha256', data, key);
    case 'PS256':
      return sign('sha256', data, { key, ...PSS });
    default:
      throw unknownAlgorithm(algorithm);
  }
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

function unknownAlgorithm(algorithm: never): TypeError {
  return new TypeError(`Unknown signing algorithm ${String(algorithm)}`);
}
