import type { Clock } from '@watchword/auth';
import { isDeepStrictEqual } from 'node:util';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { ClientChanges } from './client-changes.js';
import type { Client } from './client.js';
import type { DeclaredClient } from './clients-file.js';
import { newKeysCredential, newSecretCredential } from './new-credential.js';

/**
 * Changes the clients in the database as the file declares them. Clients that are not in the file are not changed, and disabled
 * clients stay disabled. Several instances may do this at the same time.
 */
export class DeclareClients {
  constructor(
    private readonly changes: ClientChanges,
    private readonly clock: Clock,
  ) {}

  async run(declared: readonly DeclaredClient[]): Promise<void> {
    for (const client of declared) await this.declare(client);
  }

  private async declare(declared: DeclaredClient): Promise<void> {
    const now = this.clock.now();
    const create = { actor: SYSTEM_ACTOR, action: 'client.create', detail: { from: 'file' } };
    const change = { actor: SYSTEM_ACTOR, action: 'client.change', detail: { from: 'file' } };
    const unknown = { secrets: [], jwks: undefined, disabledAt: undefined, createdAt: new Date(now) };
    if (await this.changes.add(merge(unknown, declared, now), create)) return;
    await this.changes.update(declared.id, change, (client) => {
      const merged = merge(client, declared, now);
      return isDeepStrictEqual(merged, client) ? client : merged;
    });
  }
}

type Kept = Pick<Client, 'secrets' | 'jwks' | 'disabledAt' | 'createdAt'>;

/** Existing credentials keep their sessions. */
function merge(before: Kept, { secretHashes, keys, ...declared }: DeclaredClient, now: number): Client {
  return {
    ...declared,
    secrets: secretHashes.map(
      (hash) => before.secrets.find((secret) => secret.hash.equals(hash)) ?? newSecretCredential(hash, now),
    ),
    jwks: keys && newKeysCredential(keys, before.jwks, now),
    disabledAt: before.disabledAt,
    createdAt: before.createdAt,
  };
}
