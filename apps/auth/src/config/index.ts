export { AuthConfig } from './auth-config.js';
export { CLOCK } from './clock.js';
export { ClockModule } from './clock.module.js';
export { inMilliseconds } from './in-milliseconds.js';
export { ISSUER_AUDIENCE, mixesIssuerAudience } from './issuer-audience.js';
