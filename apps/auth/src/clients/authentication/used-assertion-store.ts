import type { AuthDatabase } from '../../database/auth-database.js';
import { usedClientAssertions } from '../../database/schema/index.js';

/** Milliseconds by which the clock of an instance may be behind that of one whose housekeeping forgets. */
const CLOCK_SKEW = 60_000;

/** Remembers the assertions that were used, for all instances, until they expire (RFC 7523 §3, `jti`). */
export class UsedAssertionStore {
  constructor(private readonly db: AuthDatabase) {}

  /**
   * Uses an assertion up.
   *
   * @param expiresAt milliseconds since the epoch; by its own clock no instance accepts it after that
   * @returns false when it was used before
   */
  async use(clientId: string, jti: string, expiresAt: number): Promise<boolean> {
    const added = await this.db
      .insert(usedClientAssertions)
      .values({ clientId, jti, expiresAt: new Date(expiresAt + CLOCK_SKEW) })
      .onConflictDoNothing()
      .returning({ jti: usedClientAssertions.jti });
    return added.length > 0;
  }
}
