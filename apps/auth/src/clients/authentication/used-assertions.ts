import type { Clock } from '@watchword/auth';
import { lt } from 'drizzle-orm';
import type { AuthDatabase } from '../../database/auth-database.js';
import { usedClientAssertions } from '../../database/schema/index.js';

const PRUNE_EVERY_MS = 60_000;

/** Remembers the assertions that were used, for all instances, until they expire (RFC 7523 §3, `jti`). */
export class UsedAssertions {
  private nextPruning = 0;

  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Uses an assertion up.
   *
   * @param expiresAt milliseconds since the epoch; nobody would accept it after that
   * @returns false when it was used before
   */
  async use(clientId: string, jti: string, expiresAt: number): Promise<boolean> {
    await this.prune();
    const added = await this.db
      .insert(usedClientAssertions)
      .values({ clientId, jti, expiresAt: new Date(expiresAt) })
      .onConflictDoNothing()
      .returning({ jti: usedClientAssertions.jti });
    return added.length > 0;
  }

  private async prune(): Promise<void> {
    const now = this.clock.now();
    if (now < this.nextPruning) return;
    this.nextPruning = now + PRUNE_EVERY_MS;
    await this.db.delete(usedClientAssertions).where(lt(usedClientAssertions.expiresAt, new Date(now)));
  }
}
