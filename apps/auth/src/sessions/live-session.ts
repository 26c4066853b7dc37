import { and, gt, isNull, type SQL } from 'drizzle-orm';
import { sessions } from '../database/schema/index.js';
import type { SessionTiming } from './session-timing.js';

/**
 * Condition on `sessions`: the session has not ended, is not too old, and was not idle for too long.
 *
 * @param now milliseconds since the epoch
 */
export function isLiveSession({ idle }: Pick<SessionTiming, 'idle'>, now: number): SQL | undefined {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, new Date(now)),
    gt(sessions.lastUsedAt, new Date(now - idle)),
  );
}
