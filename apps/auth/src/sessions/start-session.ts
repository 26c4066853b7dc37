import type { Clock } from '@watchword/auth';
import type { AuthTransaction } from '../database/auth-database.js';
import { newId } from '../database/new-id.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { SessionTokens, WantedToken } from './session-grant.js';
import type { SessionLimit } from './session-limit.js';
import type { SessionStore } from './session-store.js';
import type { SessionTiming } from './session-timing.js';

/** The device of a login. */
export interface Device {
  readonly userAgent: string | undefined;
  readonly ip: string | undefined;
}

const LONGEST_USER_AGENT = 256;

/** Starts a session for a person who was just authenticated. */
export class StartSession {
  constructor(
    private readonly sessions: SessionStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly tokens: SessionTokens,
    private readonly limit: SessionLimit,
    private readonly timing: SessionTiming,
    private readonly clock: Clock,
  ) {}

  /** Call it inside the transaction that locks the account for the login. */
  async run(
    tx: AuthTransaction,
    accountId: string,
    clientId: string,
    device: Device,
    wanted: WantedToken = {},
  ): Promise<TokenResponse> {
    this.tokens.assertReady();
    const now = this.clock.now();
    const id = newId(now);
    const refreshToken = this.refreshTokens.first(id);
    await this.sessions.insert(tx, {
      id,
      sid: newId(now),
      accountId,
      clientId,
      userAgent: device.userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
      ip: device.ip ?? null,
      createdAt: new Date(now),
      lastUsedAt: new Date(now),
      expiresAt: new Date(now + this.timing.absolute),
      tokensExpireAt: new Date(this.tokens.latestExpiry()),
      refreshHash: refreshToken.hash,
    });
    const grant = await this.sessions.grantOf(tx, id);
    if (grant === undefined) throw new Error('The session that was just inserted does not exist');
    await this.limit.enforce(tx, accountId);
    return this.tokens.respond(grant, refreshToken.text, wanted);
  }
}
