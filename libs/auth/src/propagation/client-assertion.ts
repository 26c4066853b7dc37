import { createPrivateKey, randomUUID, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import {
  isAsymmetricAlgorithm,
  signatureParameters,
  type AsymmetricAlgorithm,
  type Clock,
  type Jwk,
} from '../verification/index.js';

/** An assertion is made for one request: seconds that it may take to arrive. */
const LIFETIME_SECONDS = 60;

/**
 * What a client authenticates with by `private_key_jwt`: an assertion signed with its own key (RFC 7523 §2.2, §3), for the issuer
 * alone and for one request (draft-ietf-oauth-rfc7523bis §4).
 */
export class ClientAssertions {
  readonly #key: KeyObject;
  readonly #algorithm: AsymmetricAlgorithm;
  readonly #header: string;

  /**
   * @param issuer the audience of the assertions, as in `iss` of its tokens
   * @param jwk the private key, with `alg`; its `kid` goes into the header
   * @throws TypeError for a key that is not private, or without an algorithm that is known here
   */
  constructor(
    private readonly clientId: string,
    private readonly issuer: string,
    jwk: Jwk,
    private readonly clock: Clock,
  ) {
    const { alg, kid } = jwk;
    if (!isAsymmetricAlgorithm(alg))
      throw new TypeError('Service credentials: the privateKey needs an `alg`, ES256 say.');
    this.#algorithm = alg;
    this.#key = privateKeyOf(jwk);
    this.#header = encode({ alg, typ: 'client-authentication+jwt', ...(kid === undefined ? {} : { kid }) });
  }

  /** Signed in place: a key of 256 bits takes a fraction of a trip to the thread pool. */
  make(): string {
    const iat = Math.floor(this.clock.now() / 1000);
    const claims = { iss: this.clientId, sub: this.clientId, aud: this.issuer, jti: randomUUID(), iat };
    const input = `${this.#header}.${encode({ ...claims, exp: iat + LIFETIME_SECONDS })}`;
    const { digest, options } = signatureParameters(this.#algorithm, this.#key);
    return `${input}.${sign(digest, Buffer.from(input), { key: this.#key, ...options }).toString('base64url')}`;
  }
}

function privateKeyOf(jwk: Jwk): KeyObject {
  try {
    return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    // Without the engine's message, which may quote the key.
    throw new TypeError('Service credentials: the privateKey is no private JWK (RFC 7517).');
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
