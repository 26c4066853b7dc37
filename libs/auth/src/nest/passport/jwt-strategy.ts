import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { AuthenticatedCaller } from '../../propagation/caller.js';
import { storeCaller } from '../../propagation/caller-context.js';
import { TokenVerifier, parseBearer, type VerifiedToken } from '../../verification/index.js';
import { authorizationHeaders, incomingMessage } from '../contexts/http-context.js';

/**
 * The `jwt` strategy of passport, for `AuthGuard('jwt')` of @nestjs/passport. It uses the application's {@link TokenVerifier}, so
 * it has the same checks and the same cache as the global guard. `request.user` is the `VerifiedToken`, and calls to other
 * services are made for its subject.
 *
 * Add it to the providers of a module. It supports HTTP only, as passport does. A refusal is an error, so that the response is
 * the same as the guard's. With other strategies, put it last: `AuthGuard(['api-key', 'jwt'])`.
 *
 * @example
 * ```ts
 * import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
 * import { AuthGuard } from '@nestjs/passport';
 * import { AuthModule, type VerifiedToken } from '@watchword/auth';
 * import { JwtStrategy } from '@watchword/auth/passport';
 *
 * @Controller('parcels')
 * class ParcelsController {
 *   @Get()
 *   @UseGuards(AuthGuard('jwt'))
 *   mine(@Req() request: { user: VerifiedToken }) {
 *     return { owner: request.user.subject };
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } })],
 *   providers: [JwtStrategy],
 *   controllers: [ParcelsController],
 * })
 * export class AppModule {}
 * ```
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(private readonly verifier: TokenVerifier) {
    // The verification of passport-jwt never runs; if it did, it would find no key.
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

  /** passport-jwt would call this after its own verification. */
  validate(): never {
    throw new Error('Tokens are verified by TokenVerifier');
  }

  private async verified(request: object): Promise<VerifiedToken> {
    const message = incomingMessage(request);
    const token = parseBearer(authorizationHeaders(message));
    const verified = await this.verifier.verify(token);
    storeCaller(message, new AuthenticatedCaller(token, verified, this.verifier));
    return verified;
  }
}
