/**
 * What needs `@nestjs/passport` and `passport-jwt`: a strategy for `AuthGuard('jwt')`.
 *
 * @module
 */
export { JwtStrategy } from '../nest/passport/jwt-strategy.js';
