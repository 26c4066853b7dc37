export { JwtStrategy } from '../nest/passport/jwt-strategy.js';
