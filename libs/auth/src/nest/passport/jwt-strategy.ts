import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { storeCaller } from '../../propagation/caller-context.js';
import { TokenVerifier, parseBearer } from '../../verification/index.js';
import type { VerifiedToken } from '../../verification/index.js';
import { authorizationHeaders, incomingMessage } from '../contexts/http-context.js';

/**
 * passport's `jwt` strategy on the application's own {@link TokenVerifier}: the same checks and the same cache as the
 * global guard's, for those who use `AuthGuard('jwt')` of @nestjs/passport. `request.user` is the `VerifiedToken`, and calls to
 * other services are made for its subject.
 *
 * Provide it in a module. HTTP only: passport knows no other transport. A refusal is raised as an error, so that the
 * answer is the same as the guard's; behind other strategies, name it last: `AuthGuard(['api-key', 'jwt'])`.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(private readonly verifier: TokenVerifier) {
    // passport-jwt's own verification never runs; should it ever, it finds no key.
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: Error) => void) =>
        done(new Error('Tokens are verified by TokenVerifier')),
    });
  }

  override authenticate(request: object): void {
    this.verified(request).then(
      (user) => this.success(user),
      (error: unknown) => this.error(error as Error),
    );
  }

  /** What passport-jwt would call after its own verification. */
  validate(): never {
    throw new Error('Tokens are verified by TokenVerifier');
  }

  private async verified(request: object): Promise<VerifiedToken> {
    const message = incomingMessage(request);
    const token = parseBearer(authorizationHeaders(message));
    const verified = await this.verifier.verify(token);
    storeCaller(message, { token, verified });
    return verified;
  }
}
