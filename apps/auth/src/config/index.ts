export { AuthConfig } from './auth-config.js';
export { CLOCK, ClockModule } from './clock.js';
export { inMilliseconds } from './in-milliseconds.js';
export { ISSUER_AUDIENCE, mixesIssuerAudience } from './issuer-audience.js';
