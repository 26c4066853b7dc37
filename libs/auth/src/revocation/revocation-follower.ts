import { setTimeout as pause } from 'node:timers/promises';
import {
  AuthError,
  basicCredentials,
  type Clock,
  type RevocationCheck,
  systemClock,
  type VerifiedToken,
} from '../verification/index.js';
import { readEventStream } from './event-stream-reader.js';
import { FollowedLog, type LogPosition } from './followed-log.js';
import type { RevocationEvent } from './revocation-event.js';
import { readSavedList, saveList } from './saved-list.js';

/** How to follow an issuer's revocations. */
export interface FollowOptions {
  /** The URLs of the event stream, one for each instance of the issuer. If one fails, the next one is used. */
  readonly urls: readonly [string, ...string[]];
  /** This service's client at the issuer. It needs the scope `security-events:read`. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** A file that keeps the revocation list for the next start, for a service that starts while the issuer is down. */
  readonly snapshotFile?: string | undefined;
  /** Seconds without a message from the issuer after which the revocation list is stale. Default 10. */
  readonly staleAfter?: number | undefined;
  /**
   * What happens to tokens while the list is stale. Default `accept`: access tokens expire within minutes anyway. `refuse` answers
   * 503, for a service that must never accept a revoked token.
   */
  readonly whenStale?: 'accept' | 'refuse' | undefined;
}

/** The state of the revocation list. */
export interface FollowStatus {
  readonly issuer: string;
  /** Milliseconds since the last message from the issuer; undefined before the first one. */
  readonly age: number | undefined;
  readonly isStale: boolean;
  /** The number of denied names. */
  readonly entries: number;
  /** Why the last connection or write of the file failed; undefined after a message from the issuer. */
  readonly lastError: string | undefined;
}

/** Callbacks for events about keys. */
export interface FollowHandlers {
  /** The issuer's keys changed: fetch them now. */
  onKeysChanged(): void;
  /** A key is no longer trusted, even if the issuer still publishes it. */
  onKeyRevoked(keyId: string): void;
}

/** The issuer sends a message every second. */
const SILENCE_MS = 3_000;
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
const SAVE_MS = 5_000;

/**
 * Follows the revocations of one issuer, usually with a delay below one second. Checking a token then needs no request.
 *
 * It has one connection to one instance of the issuer. If the connection ends, stops sending or has a gap, the follower connects to
 * the next instance and continues from its last position.
 *
 * `AuthModule` makes one of its option `follow`. By itself it goes with a {@link TokenVerifier}:
 *
 * @example
 * ```ts
 * import { RevocationFollower, TokenVerifier } from '@watchword/auth';
 *
 * const issuer = 'https://auth.example';
 *
 * export async function startVerifier(clientSecret: string): Promise<TokenVerifier> {
 *   const revocations = new RevocationFollower(issuer, {
 *     urls: ['https://auth.example/security-events'],
 *     clientId: 'parcels',
 *     clientSecret,
 *   });
 *   const verifier = new TokenVerifier({
 *     issuers: [{ issuer, audience: 'parcels', keys: { discovery: true } }],
 *     revocations,
 *   });
 *   await revocations.start({
 *     onKeysChanged: () => void verifier.refreshKeys(issuer),
 *     onKeyRevoked: (keyId) => verifier.revokeKey(issuer, keyId),
 *   });
 *   await verifier.start();
 *   return verifier;
 * }
 * ```
 */
export class RevocationFollower implements RevocationCheck {
  private readonly log: FollowedLog;
  private readonly abort = new AbortController();
  private handlers: FollowHandlers | undefined;
  private running: Promise<void> = Promise.resolve();
  private heardAt: number | undefined;
  private lastError: string | undefined;
  private readonly listeners = new Set<() => void>();
  private saveTimer: NodeJS.Timeout | undefined;
  /** The log position of the saved file. */
  private savedAt: LogPosition | undefined;

  /**
   * @param issuer the issuer (`iss`) of the log
   * @throws TypeError for invalid options
   */
  constructor(
    private readonly issuer: string,
    private readonly options: FollowOptions,
    clock: Clock = systemClock,
  ) {
    checkOptions(options);
    this.log = new FollowedLog(issuer, clock, (event) => this.tell(event));
  }

  /** @throws AuthError `revocations_unknown` while the list is stale and `whenStale` is `refuse` */
  isRevoked(token: VerifiedToken): boolean {
    if (token.issuer !== this.issuer) return false;
    if (this.log.list.isRevoked(token)) return true;
    if (this.options.whenStale === 'refuse' && this.isStale) throw new AuthError('revocations_unknown');
    return false;
  }

  /** Undefined with `whenStale: 'refuse'`: there the answer also changes with time. */
  get version(): number | undefined {
    return this.options.whenStale === 'refuse' ? undefined : this.log.version;
  }

  /** Calls `listener` after each change of the list. @returns stops it */
  onChange(listener: () => void): () => void {
    const added = (): void => listener();
    this.listeners.add(added);
    return () => void this.listeners.delete(added);
  }

  /** Starts to follow in the background. Resolves when the saved list was read. */
  async start(handlers: FollowHandlers): Promise<void> {
    this.handlers = handlers;
    const { snapshotFile } = this.options;
    const saved = snapshotFile === undefined ? undefined : await readSavedList(snapshotFile, this.issuer);
    if (saved !== undefined) this.log.list.restore(saved);
    this.saveTimer = setInterval(() => void this.save(), SAVE_MS).unref();
    this.running = this.follow();
  }

  /** Closes the connection; the list stays in use. Resolves when the list was saved. */
  async stop(): Promise<void> {
    this.abort.abort();
    clearInterval(this.saveTimer);
    await this.running;
    await this.save();
  }

  /** The state of the list, for readiness checks and metrics. */
  status(): FollowStatus {
    const age = this.heardAt === undefined ? undefined : Math.max(0, performance.now() - this.heardAt);
    const { issuer, isStale, lastError } = this;
    return { issuer, age, isStale, entries: this.log.list.size, lastError };
  }

  private get isStale(): boolean {
    const limit = (this.options.staleAfter ?? 10) * 1000;
    return this.heardAt === undefined || performance.now() - this.heardAt > limit;
  }

  private async follow(): Promise<void> {
    const { signal } = this.abort;
    const { urls } = this.options;
    for (let attempt = 0, failures = 0; !signal.aborted; attempt += 1) {
      const heardBefore = this.heardAt;
      try {
        await this.connect(urls[attempt % urls.length] ?? urls[0]);
      } catch (error) {
        this.lastError = error instanceof Error ? error.message : String(error);
      }
      this.log.interrupt();
      failures = this.heardAt === heardBefore ? failures + 1 : 0;
      // Try the next instance at once; pause after all of them have failed.
      const isRoundOver = failures > 0 && failures % urls.length === 0;
      const wait = isRoundOver ? Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (failures / urls.length - 1)) : 0;
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  private connect(url: string): Promise<void> {
    const { clientId, clientSecret } = this.options;
    const { lastEventId } = this.log;
    const headers = {
      authorization: basicCredentials(clientId, clientSecret),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const connection = new AbortController();
    const stop = (): void => connection.abort();
    this.abort.signal.addEventListener('abort', stop);
    let failure: unknown;
    const reading = readEventStream({ url, headers, silenceMs: SILENCE_MS, signal: connection.signal }, (message) => {
      if (failure !== undefined) return;
      const { version } = this.log;
      try {
        if (this.log.take(message)) this.hear();
        if (this.log.version !== version) for (const listener of this.listeners) listener();
      } catch (error) {
        failure = error;
        // Forget the position, which may be wrong: the next stream begins with a snapshot.
        this.log.position = { epoch: '', seq: 0 };
        connection.abort();
      }
    });
    return reading
      .catch((error: unknown) => {
        throw failure ?? error;
      })
      .finally(() => this.abort.signal.removeEventListener('abort', stop));
  }

  private hear(): void {
    this.heardAt = performance.now();
    this.lastError = undefined;
  }

  private tell(event: RevocationEvent): void {
    if (event.type === 'keys-changed') this.handlers?.onKeysChanged();
    if (event.type === 'key-revoked') this.handlers?.onKeyRevoked(event.value);
  }

  /** Following continues even if the disk is full or read-only. */
  private async save(): Promise<void> {
    const { snapshotFile } = this.options;
    const { position, list } = this.log;
    if (snapshotFile === undefined || position.epoch === '' || position === this.savedAt) return;
    this.savedAt = position;
    await saveList(snapshotFile, this.issuer, list.save()).catch((error: unknown) => {
      this.lastError = `The revocation list could not be saved: ${String(error)}`;
    });
  }
}

function checkOptions({ urls, clientId, clientSecret, staleAfter = 10 }: FollowOptions): void {
  if (urls.length === 0 || urls.some((url) => !/^https?:$/.test(protocolOf(url)))) {
    throw new TypeError(
      "Revocations cannot be followed: `urls` must be http or https URLs, as in ['https://auth.example/security-events']",
    );
  }
  if (!clientId || !clientSecret)
    throw new TypeError('Revocations cannot be followed without `clientId` and `clientSecret`');
  if (!(staleAfter >= 3 && staleAfter <= 86_400)) throw new TypeError('`staleAfter` must be 3 to 86400 seconds');
}

function protocolOf(url: string): string {
  try {
    return new URL(url).protocol;
  } catch {
    return '';
  }
}
