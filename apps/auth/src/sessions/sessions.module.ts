import { Module } from '@nestjs/common';
import { provide, tokenOf } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { DatabaseOutages } from '../database/database-outages.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeysModule } from '../keys/keys.module.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { EndByRefreshToken } from './end-by-refresh-token.js';
import { EndSessions } from './end-sessions.js';
import { ListSessions } from './list-sessions.js';
import { LiveTokenStore } from './live-token-store.js';
import { RefreshController } from './refresh.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RenewSessionIds } from './renew-session-ids.js';
import { RotateRefreshToken } from './rotate-refresh-token.js';
import { RotationStore } from './rotation-store.js';
import { SessionTokens } from './session-grant.js';
import { SessionLifetime } from './session-lifetime.js';
import { SessionLimit } from './session-limit.js';
import { SessionStore } from './session-store.js';
import { type SessionTiming, sessionTiming } from './session-timing.js';
import { SessionsController } from './sessions.controller.js';
import { StartSession } from './start-session.js';

const SESSION_TIMING = tokenOf<SessionTiming>(Symbol('SessionTiming'));

@Module({
  imports: [KeysModule, SecurityEventsModule, TokensModule],
  controllers: [RefreshController, SessionsController],
  providers: [
    provide(LiveTokenStore, [AuthDatabase, CLOCK]),
    provide(RefreshTokens, [KeyEncryptionKeys]),
    provide(
      SessionTokens,
      [AccessTokenIssuer, AuthConfig],
      (issuer, config) => new SessionTokens(issuer, config.loginAudiences),
    ),
    provide(SESSION_TIMING, [AuthConfig], sessionTiming),
    provide(SessionLifetime, [SESSION_TIMING, DatabaseOutages, CLOCK]),
    provide(SessionStore, []),
    provide(RotationStore, [AuthDatabase]),
    provide(StartSession, [SessionStore, RefreshTokens, SessionTokens, SessionLimit, SESSION_TIMING, CLOCK]),
    provide(
      SessionLimit,
      [EndSessions, AuthConfig, SessionLifetime],
      (endSessions, config, lifetime) => new SessionLimit(endSessions, config.SESSIONS_PER_ACCOUNT, lifetime),
    ),
    provide(EndSessions, [AuthDatabase, SessionStore, SecurityEventLog, AuditLog, CLOCK]),
    provide(RenewSessionIds, [SessionStore, SecurityEventLog, CLOCK]),
    provide(EndByRefreshToken, [AuthDatabase, SessionStore, RefreshTokens, EndSessions]),
    provide(DatabaseOutages, [AuthDatabase, CLOCK]),
    provide(RotateRefreshToken, [
      AuthDatabase,
      SessionStore,
      RotationStore,
      RefreshTokens,
      SessionTokens,
      SessionLifetime,
      EndSessions,
      DatabaseOutages,
    ]),
    provide(ListSessions, [AuthDatabase, SessionStore, SessionLifetime]),
  ],
  exports: [
    EndByRefreshToken,
    EndSessions,
    ListSessions,
    LiveTokenStore,
    RenewSessionIds,
    RotateRefreshToken,
    SessionStore,
    StartSession,
  ],
})
export class SessionsModule {}
