import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { JsonWebKey } from 'node:crypto';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor } from '../security-events/audit-log.js';
import type { ClientChange, ClientChanges } from './client-changes.js';
import type { ClientDefinition, ClientSettings } from './client-definition.js';
import { ClientKeysError, readClientKeys } from './client-keys.js';
import { hashSecret, makeSecret } from './client-secret.js';
import type { ClientStore } from './client-store.js';
import { MAX_SECRETS, type Client } from './client.js';
import { newKeysCredential, newSecretCredential } from './new-credential.js';

/** A client with its new secret, which is shown only once. */
export interface ClientWithSecret {
  readonly client: Client;
  /** Undefined for a client that signs assertions. */
  readonly secret: string | undefined;
}

/** Changes of clients by an administrator. */
export class ManageClients {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: ClientStore,
    private readonly changes: ClientChanges,
    private readonly clock: Clock,
  ) {}

  list(): Promise<Client[]> {
    return this.store.list(this.db);
  }

  async read(id: string): Promise<Client> {
    return (await this.store.find(this.db, id)) ?? noSuchClient(id);
  }

  /** Registers a client, with a new secret unless it has public keys. */
  async create(definition: ClientDefinition, actor: AuditActor): Promise<ClientWithSecret> {
    const { clientId: id, name, grants, scopes, audiences, roles = [], jwks } = definition;
    const now = this.clock.now();
    const keys = jwks === undefined ? undefined : await readKeys(jwks);
    const secret = keys === undefined ? makeSecret() : undefined;
    const client: Client = {
      id,
      name,
      grants,
      scopes,
      audiences,
      roles,
      secrets: secret === undefined ? [] : [newSecretCredential(hashSecret(secret), now)],
      jwks: keys && newKeysCredential(keys, undefined, now),
      disabledAt: undefined,
      createdAt: new Date(now),
    };
    const added = await this.changes.add(client, { actor, action: 'client.create' });
    if (!added) throw new Refusal('conflict', 'conflict', `There is already a client ${id}`);
    return { client, secret };
  }

  /** Changes the given settings. */
  change(id: string, settings: Partial<ClientSettings>, actor: AuditActor): Promise<Client> {
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    const change = { actor, action: 'client.change', detail: { changed: Object.keys(given) } };
    return this.update(id, change, (client) => ({ ...client, ...given }));
  }

  /** Adds a second secret, which is shown only once. The first one stays valid until it is removed. */
  async addSecret(id: string, actor: AuditActor): Promise<ClientWithSecret> {
    const secret = makeSecret();
    const added = newSecretCredential(hashSecret(secret), this.clock.now());
    const client = await this.update(id, { actor, action: 'client.add-secret' }, (before) => {
      if (before.secrets.length >= MAX_SECRETS) {
        throw new Refusal('conflict', 'conflict', `There are already ${String(MAX_SECRETS)} secrets: remove one first`);
      }
      return { ...before, secrets: [added, ...before.secrets] };
    });
    return { client, secret };
  }

  /** Removes the secret with that `sid`, and revokes the tokens that were obtained with it. */
  removeSecret(id: string, sid: string, actor: AuditActor): Promise<Client> {
    return this.update(id, { actor, action: 'client.remove-secret' }, (client) => {
      const secrets = client.secrets.filter((secret) => secret.sid !== sid);
      if (secrets.length === client.secrets.length)
        throw new Refusal('not-found', 'not_found', 'There is no such secret');
      return { ...client, secrets };
    });
  }

  /** Replaces the public keys. If one of them is removed, all tokens that were obtained with any of them are revoked. */
  async setKeys(id: string, jwks: unknown, actor: AuditActor): Promise<Client> {
    const keys = await readKeys(jwks);
    return this.update(id, { actor, action: 'client.set-keys' }, (client) => ({
      ...client,
      jwks: newKeysCredential(keys, client.jwks, this.clock.now()),
    }));
  }

  removeKeys(id: string, actor: AuditActor): Promise<Client> {
    return this.update(id, { actor, action: 'client.remove-keys' }, (client) => ({ ...client, jwks: undefined }));
  }

  /** Disables the client, and revokes its tokens. */
  disable(id: string, actor: AuditActor): Promise<Client> {
    const disabledAt = new Date(this.clock.now());
    return this.update(id, { actor, action: 'client.disable' }, (client) =>
      client.disabledAt === undefined ? { ...client, disabledAt } : client,
    );
  }

  enable(id: string, actor: AuditActor): Promise<Client> {
    return this.update(id, { actor, action: 'client.enable' }, (client) =>
      client.disabledAt === undefined ? client : { ...client, disabledAt: undefined },
    );
  }

  private async update(id: string, change: ClientChange, apply: (client: Client) => Client): Promise<Client> {
    return (await this.changes.update(id, change, apply)) ?? noSuchClient(id);
  }
}

function noSuchClient(id: string): never {
  throw new Refusal('not-found', 'not_found', `There is no client ${id}`);
}

async function readKeys(jwks: unknown): Promise<readonly JsonWebKey[]> {
  try {
    return await readClientKeys(jwks);
  } catch (error) {
    if (!(error instanceof ClientKeysError)) throw error;
    throw new Refusal('invalid', 'validation_failed', 'The request is not valid', {
      errors: [{ field: 'jwks', message: error.message }],
    });
  }
}
