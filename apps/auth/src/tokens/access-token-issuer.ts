import type { Clock } from '@watchword/auth';
import { ISSUER_AUDIENCE } from '../config/index.js';
import { newId } from '../database/new-id.js';
import type { TokenSigner } from '../keys/signing/token-signer.js';
import type { AccessTokenRequest, IssuedAccessToken } from './access-token.js';

export interface AccessTokenOptions {
  /** `iss`. */
  readonly issuer: string;
  /** In seconds. */
  readonly lifetime: number;
}

/** The signers, for each kind of audience. */
export interface TokenSigners {
  readonly services: TokenSigner;
  readonly issuer: TokenSigner;
}

/** Creates access tokens in the profile of RFC 9068. All claims are set here. */
export class AccessTokenIssuer {
  constructor(
    private readonly signers: TokenSigners,
    private readonly options: AccessTokenOptions,
    private readonly clock: Clock,
  ) {}

  /**
   * The latest expiry of a token that is issued now, in milliseconds since the epoch. It must be stored before a token of a session is
   * issued, because a revocation of the session must be remembered until then.
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

/** One factor: something that the person knows. */
const PASSWORD_CONTEXT = 'urn:watchword:acr:password';
