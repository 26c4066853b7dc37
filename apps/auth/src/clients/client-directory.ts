import type { Clock } from '@watchword/auth';
import type { Client } from './client.js';

/** How long a client is cached, in milliseconds. ADR 9 in docs/adr explains why this is safe. */
export const CLIENT_CACHE_MS = 1_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly client: Client | undefined;
  /** In milliseconds since the epoch. */
  readonly askedAt: number;
}

/**
 * Finds clients by id, with a cache of one second: a client that requests many tokens causes one query per second.
 *
 * Changes by another instance are seen one second later. A token that a withdrawn credential obtains meanwhile has the `sid` of that
 * credential, which is revoked, so it is refused like earlier ones.
 */
export class ClientDirectory {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<Client | undefined>>();

  constructor(
    private readonly load: (id: string) => Promise<Client | undefined>,
    private readonly clock: Clock,
  ) {}

  /** Returns a cached client directly. Rejects while the database is unavailable. */
  find(id: string): Client | undefined | Promise<Client | undefined> {
    const entry = this.entries.get(id);
    if (entry !== undefined && this.isGood(entry)) return entry.client;
    return this.loading.get(id) ?? this.read(id);
  }

  /** Call it after a change of the client was committed. */
  forget(id: string): void {
    this.entries.delete(id);
    this.loading.delete(id);
  }

  /** An entry is not used longer if the clock is set back. */
  private isGood({ askedAt }: Entry): boolean {
    const age = this.clock.now() - askedAt;
    return age >= 0 && age < CLIENT_CACHE_MS;
  }

  /** The second counts from the start of the query, not from its result. */
  private read(id: string): Promise<Client | undefined> {
    const askedAt = this.clock.now();
    const reading = this.load(id)
      .then((client) => {
        if (this.loading.get(id) === reading) this.keep(id, { client, askedAt });
        return client;
      })
      .finally(() => {
        if (this.loading.get(id) === reading) this.loading.delete(id);
      });
    this.loading.set(id, reading);
    return reading;
  }

  /** Unknown ids are cached too. The size is limited, because attackers can send any number of them. */
  private keep(id: string, entry: Entry): void {
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    this.entries.set(id, entry);
  }
}
