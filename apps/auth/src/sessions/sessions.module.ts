import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { DatabaseOutages } from '../database/database-outages.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { EndByRefreshToken } from './end-by-refresh-token.js';
import { EndSessions } from './end-sessions.js';
import { ListSessions } from './list-sessions.js';
import { LiveSessionGuard } from './live-session.guard.js';
import { LiveTokens } from './live-tokens.js';
import { RefreshController } from './refresh.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RenewSessionIds } from './renew-session-ids.js';
import { RotateRefreshToken } from './rotate-refresh-token.js';
import { SessionTokens } from './session-grant.js';
import { SessionLimit } from './session-limit.js';
import { sessionTiming } from './session-timing.js';
import { SessionsController } from './sessions.controller.js';
import { StartSession } from './start-session.js';

@Global()
@Module({
  controllers: [RefreshController, SessionsController],
  providers: [
    LiveSessionGuard,
    {
      provide: LiveTokens,
      inject: [DATABASE, CLOCK],
      useFactory: (db: AuthDatabase, clock: Clock) => new LiveTokens(db, clock),
    },
    {
      provide: RefreshTokens,
      inject: [KeyEncryptionKeys],
      useFactory: (keys: KeyEncryptionKeys) => new RefreshTokens(keys),
    },
    {
      provide: SessionTokens,
      inject: [AccessTokenIssuer, AuthConfig],
      useFactory: (issuer: AccessTokenIssuer, config: AuthConfig) => new SessionTokens(issuer, config.loginAudiences),
    },
    {
      provide: StartSession,
      inject: [RefreshTokens, AccessTokenIssuer, SessionTokens, SessionLimit, AuthConfig, CLOCK],
      useFactory: (
        refreshTokens: RefreshTokens,
        accessTokens: AccessTokenIssuer,
        tokens: SessionTokens,
        limit: SessionLimit,
        config: AuthConfig,
        clock: Clock,
      ) => new StartSession(refreshTokens, accessTokens, tokens, limit, sessionTiming(config), clock),
    },
    {
      provide: SessionLimit,
      inject: [EndSessions, AuthConfig, CLOCK],
      useFactory: (endSessions: EndSessions, config: AuthConfig, clock: Clock) =>
        new SessionLimit(endSessions, config.SESSIONS_PER_ACCOUNT, sessionTiming(config), clock),
    },
    {
      provide: EndSessions,
      inject: [DATABASE, SecurityEventLog, AuditLog, CLOCK],
      useFactory: (db: AuthDatabase, events: SecurityEventLog, audit: AuditLog, clock: Clock) =>
        new EndSessions(db, events, audit, clock),
    },
    {
      provide: RenewSessionIds,
      inject: [SecurityEventLog, CLOCK],
      useFactory: (events: SecurityEventLog, clock: Clock) => new RenewSessionIds(events, clock),
    },
    {
      provide: EndByRefreshToken,
      inject: [DATABASE, RefreshTokens, EndSessions],
      useFactory: (db: AuthDatabase, refreshTokens: RefreshTokens, endSessions: EndSessions) =>
        new EndByRefreshToken(db, refreshTokens, endSessions),
    },
    {
      provide: RotateRefreshToken,
      inject: [DATABASE, RefreshTokens, AccessTokenIssuer, SessionTokens, EndSessions, AuthConfig, CLOCK],
      useFactory: (
        db: AuthDatabase,
        refreshTokens: RefreshTokens,
        accessTokens: AccessTokenIssuer,
        tokens: SessionTokens,
        endSessions: EndSessions,
        config: AuthConfig,
        clock: Clock,
      ) =>
        new RotateRefreshToken(
          db,
          refreshTokens,
          accessTokens,
          tokens,
          endSessions,
          new DatabaseOutages(db, clock),
          sessionTiming(config),
          clock,
        ),
    },
    {
      provide: ListSessions,
      inject: [DATABASE, AuthConfig, CLOCK],
      useFactory: (db: AuthDatabase, config: AuthConfig, clock: Clock) =>
        new ListSessions(db, sessionTiming(config), clock),
    },
  ],
  exports: [
    EndByRefreshToken,
    EndSessions,
    ListSessions,
    LiveSessionGuard,
    LiveTokens,
    RenewSessionIds,
    RotateRefreshToken,
    StartSession,
  ],
})
export class SessionsModule {}
