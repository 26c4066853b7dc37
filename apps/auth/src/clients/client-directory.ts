import type { Clock } from '@watchword/auth';
import type { Client } from './client.js';

/** How long a client is used as it was read, in milliseconds; docs/adr has why that is safe. */
export const CLIENT_CACHE_MS = 1_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly client: Client | undefined;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

/**
 * Finds clients by id, from memory where they were read within the last second: a client that asks for token after
 * token costs one query a second.
 *
 * What another instance changed is seen a second later. A token that a withdrawn credential obtains meanwhile carries
 * that credential's `sid`, which is revoked: it is refused like those that were issued before.
 */
export class ClientDirectory {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<Client | undefined>>();

  constructor(
    private readonly load: (id: string) => Promise<Client | undefined>,
    private readonly clock: Clock,
  ) {}

  /** In place for a client that was read before. Rejects while the database can't be asked. */
  find(id: string): Client | undefined | Promise<Client | undefined> {
    const entry = this.entries.get(id);
    if (entry !== undefined && this.isGood(entry)) return entry.client;
    return this.loading.get(id) ?? this.read(id);
  }

  /** Call it when a change of the client has been committed. */
  forget(id: string): void {
    this.entries.delete(id);
    this.loading.delete(id);
  }

  /** Also for no longer than that when the clock is set back. */
  private isGood({ askedAt }: Entry): boolean {
    const age = this.clock.now() - askedAt;
    return age >= 0 && age < CLIENT_CACHE_MS;
  }

  /** The second counts from before the question, not from the answer. */
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

  /** Names that nobody has are remembered too, in what room there is: they come in no other number than requests do. */
  private keep(id: string, entry: Entry): void {
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    this.entries.set(id, entry);
  }
}
