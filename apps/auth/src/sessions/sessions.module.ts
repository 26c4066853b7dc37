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
import { LiveTokens } from './live-tokens.js';
import { RefreshController } from './refresh.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RenewSessionIds } from './renew-session-ids.js';
import { RotateRefreshToken } from './rotate-refresh-token.js';
import { SessionTokens } from './session-grant.js';
import { SessionLimit } from './session-limit.js';
import { type SessionTiming, sessionTiming } from './session-timing.js';
import { SessionsController } from './sessions.controller.js';
import { StartSession } from './start-session.js';

const SESSION_TIMING = tokenOf<SessionTiming>(Symbol('SessionTiming'));

@Module({
  imports: [KeysModule, SecurityEventsModule, TokensModule],
  controllers: [RefreshController, SessionsController],
  providers: [
    provide(LiveTokens, [AuthDatabase, CLOCK]),
    provide(RefreshTokens, [KeyEncryptionKeys]),
    provide(
      SessionTokens,
      [AccessTokenIssuer, AuthConfig],
      (issuer, config) => new SessionTokens(issuer, config.loginAudiences),
    ),
    provide(SESSION_TIMING, [AuthConfig], sessionTiming),
    provide(StartSession, [RefreshTokens, AccessTokenIssuer, SessionTokens, SessionLimit, SESSION_TIMING, CLOCK]),
    provide(
      SessionLimit,
      [EndSessions, AuthConfig, CLOCK],
      (endSessions, config, clock) =>
        new SessionLimit(endSessions, config.SESSIONS_PER_ACCOUNT, sessionTiming(config), clock),
    ),
    provide(EndSessions, [AuthDatabase, SecurityEventLog, AuditLog, CLOCK]),
    provide(RenewSessionIds, [SecurityEventLog, CLOCK]),
    provide(EndByRefreshToken, [AuthDatabase, RefreshTokens, EndSessions]),
    provide(DatabaseOutages, [AuthDatabase, CLOCK]),
    provide(RotateRefreshToken, [
      AuthDatabase,
      RefreshTokens,
      AccessTokenIssuer,
      SessionTokens,
      EndSessions,
      DatabaseOutages,
      SESSION_TIMING,
      CLOCK,
    ]),
    provide(ListSessions, [AuthDatabase, SESSION_TIMING, CLOCK]),
  ],
  exports: [
    EndByRefreshToken,
    EndSessions,
    ListSessions,
    LiveTokens,
    RenewSessionIds,
    RotateRefreshToken,
    StartSession,
  ],
})
export class SessionsModule {}
