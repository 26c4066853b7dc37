import type { Clock } from '@watchword/auth';
import { ISSUER_AUDIENCE } from '../config/index.js';
import { newId } from '../database/new-id.js';
import type { TokenSigner } from '../keys/signing/token-signer.js';
import type { AccessTokenRequest, IssuedAccessToken } from './access-token.js';

export interface AccessTokenOptions {
  /** `iss`. */
  readonly issuer: string;
  /** Seconds. */
  readonly lifetime: number;
}

/** Who signs, by whom a token is for. */
export interface TokenSigners {
  readonly services: TokenSigner;
  readonly issuer: TokenSigner;
}

/** Makes access tokens in the profile of RFC 9068. The one place where a claim is given its value. */
export class AccessTokenIssuer {
  constructor(
    private readonly signers: TokenSigners,
    private readonly options: AccessTokenOptions,
    private readonly clock: Clock,
  ) {}

  /**
   * When a token that is issued now ends at the latest, in milliseconds since the epoch. Whoever issues a token for a
   * session writes this down first: a revocation of the session has to be remembered until then.
   */
  latestExpiry(): number {
    return (Math.floor(this.clock.now() / 1000) + this.options.lifetime) * 1000;
  }

  /** @throws Refusal `temporarily_unavailable` when nothing can be signed now */
  assertReady(): void {
    this.signers.services.assertReady();
    this.signers.issuer.assertReady();
  }

  /** @throws Refusal `temporarily_unavailable` when nothing can be signed now */
  issue(request: AccessTokenRequest): IssuedAccessToken {
    const now = this.clock.now();
    const issuedAt = Math.floor(now / 1000);
    const expiresAt = Math.min(issuedAt + this.options.lifetime, request.expiresAtMost ?? Number.POSITIVE_INFINITY);
    const tokenId = newId(now);
    const scope = request.scopes.join(' ');
    const signer = request.audience.includes(ISSUER_AUDIENCE) ? this.signers.issuer : this.signers.services;
    const token = signer.sign('at+jwt', {
      iss: this.options.issuer,
      sub: request.subject,
      aud: request.audience,
      exp: expiresAt,
      iat: issuedAt,
      jti: tokenId,
      client_id: request.clientId,
      sid: request.sessionId,
      scope: scope === '' ? undefined : scope,
      roles: request.roles,
      auth_time: request.authentication?.time,
      amr: request.authentication?.methods,
      acr: request.authentication === undefined ? undefined : PASSWORD_CONTEXT,
      act: request.actor,
    });
    return { token, tokenId, expiresAt, expiresIn: expiresAt - issuedAt, scope };
  }
}

/** One factor, something the person knows. */
const PASSWORD_CONTEXT = 'urn:watchword:acr:password';
