import type { AuthDatabase } from '../../database/auth-database.js';
import { usedClientAssertions } from '../../database/schema/index.js';

/** In milliseconds: how far the clock of an instance may be behind the clock of the instance that deletes expired entries. */
const CLOCK_SKEW = 60_000;

/** Stores used assertions for all instances, until they expire (RFC 7523 §3, `jti`). */
export class UsedAssertionStore {
  constructor(private readonly db: AuthDatabase) {}

  /**
   * Marks an assertion as used.
   *
   * @param expiresAt in milliseconds since the epoch; no instance accepts it later, by its own clock
   * @returns false if it was used before
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
