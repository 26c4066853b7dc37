export { accountRoles, accounts, roles, roleScopes } from './accounts.js';
export { auditLog } from './audit-log.js';
export { clients, usedClientAssertions } from './clients.js';
export { passwordResets } from './password-resets.js';
export { rateLimits } from './rate-limits.js';
export { securityEvents, securityEventSequence } from './security-events.js';
export { sessions } from './sessions.js';
export { signingKeys } from './signing-keys.js';
