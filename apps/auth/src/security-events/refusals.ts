import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { AuthDatabase } from '../database/auth-database.js';
import { networkOf } from '../attempts/network.js';
import type { AuditLog, AuditTarget } from './audit-log.js';

/** A refusal of a caller who is not authenticated. */
export interface Refusal {
  readonly action:
    'account.login-refused' | 'account.change-password-refused' | 'account.reset-password-refused' | 'client.refused';
  /** The account or client that the caller named; {@link UNKNOWN} if it does not exist. */
  readonly target: AuditTarget;
  readonly ip: string | undefined;
  /** Must not contain secrets or any input of the caller, because people sometimes type passwords into the wrong field. */
  readonly detail: Readonly<Record<string, string>>;
}

/** The id of an account or a client that does not exist. */
export const UNKNOWN = 'unknown';

const WINDOW_MS = 60_000;
/** The maximum number of different targets and networks that are counted separately, for each action and period. */
const MOST_SUBJECTS = 200;

/** Repetitions of a refusal with the same action, detail, target and network. */
interface Repeated {
  readonly refusal: Refusal;
  more: number;
}

/**
 * Records refusals in the audit log, so that an attack can be attributed (OWASP ASVS 5.0, 16.3.1), with a limited number of entries.
 * The first refusal is written at once, with its request id. The number of its repetitions from the same network in that minute is one
 * more entry. Above a number of subjects, all further ones are counted together.
 */
export class Refusals implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Refusals');
  private readonly writing = new Set<Promise<void>>();
  private subjects = new Map<string, Repeated>();
  private others = new Map<Refusal['action'], number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: AuthDatabase,
    private readonly audit: AuditLog,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.endWindow(), WINDOW_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.endWindow();
    await this.written();
  }

  /** Does not wait for the database, so that the response time reveals nothing. */
  record(refusal: Refusal): void {
    const { action, target, ip, detail } = refusal;
    const subject = JSON.stringify([action, target, networkOf(ip), detail]);
    const repeated = this.subjects.get(subject);
    if (repeated !== undefined) {
      repeated.more += 1;
    } else if (this.countOf(action) < MOST_SUBJECTS) {
      this.subjects.set(subject, { refusal, more: 0 });
      this.write(refusal, refusal.detail);
    } else {
      this.others.set(action, (this.others.get(action) ?? 0) + 1);
    }
  }

  /** Writes the numbers of repetitions, and starts a new period. */
  endWindow(): void {
    const { subjects, others } = this;
    this.subjects = new Map();
    this.others = new Map();
    for (const { refusal, more } of subjects.values()) {
      if (more > 0) this.write(refusal, { ...refusal.detail, more });
    }
    for (const [action, more] of others) {
      this.write({ action, target: { type: 'network', id: 'others' }, ip: undefined, detail: {} }, { more });
    }
  }

  /** Resolves when all entries are written. */
  async written(): Promise<void> {
    await Promise.all(this.writing);
  }

  private countOf(action: Refusal['action']): number {
    let count = 0;
    for (const { refusal } of this.subjects.values()) if (refusal.action === action) count += 1;
    return count;
  }

  private write({ action, target, ip }: Refusal, detail: Readonly<Record<string, unknown>>): void {
    const network = ip === undefined ? {} : { network: networkOf(ip) };
    const entry = { actor: { type: 'anonymous', ip } as const, action, target, detail: { ...detail, ...network } };
    const written = this.audit.record(this.db, entry).catch((error: unknown) => this.logger.warn(String(error)));
    this.writing.add(written);
    void written.finally(() => this.writing.delete(written));
  }
}
