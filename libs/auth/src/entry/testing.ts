/**
 * An issuer in the test's own process, tokens of any content, and a clock that stands still. For tests alone.
 *
 * @module
 */
export { AuthTesting, provideAuthTesting } from '../testing/auth-testing.js';
export type { AuthTestingOptions, ProviderOverride, TestIdentity, TestingModule } from '../testing/auth-testing.js';
export type { TestClient, TestGrpcClient } from '../testing/test-clients.js';
export type { TestRevocation } from '../testing/test-revocations.js';
export { encodeSegment, signToken, unsigned, withBrokenSignature, withClaims } from '../testing/forge.js';
export type { SegmentContent } from '../testing/forge.js';
export { serveJwks } from '../testing/jwks-server.js';
export type { JwksServer } from '../testing/jwks-server.js';
export { ManualClock } from '../testing/manual-clock.js';
export { refusedTokens } from '../testing/refused-tokens.js';
export type { RefusedToken } from '../testing/refused-tokens.js';
export { createSecretSigningKey, createSigningKey } from '../testing/signing-key.js';
export type { SigningKey } from '../testing/signing-key.js';
export { userClaims } from '../testing/test-claims.js';
export type { TestClaims, TestUser } from '../testing/test-claims.js';
export { createTestIssuer, TestIssuer } from '../testing/test-issuer.js';
export type { MintOptions, TestIssuerOptions } from '../testing/test-issuer.js';
