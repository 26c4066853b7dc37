import { parseStrictJson } from '@watchword/auth';
import { plainToInstance } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsOptional, Matches, validateSync } from 'class-validator';
import { readFile } from 'node:fs/promises';
import type { JsonWebKey } from 'node:crypto';
import { ClientDefinition } from './client-definition.js';
import { ClientKeysError, readClientKeys } from './client-keys.js';
import { hashSecret } from './client-secret.js';
import { MAX_SECRETS, type ClientPermissions } from './client.js';

const LEAST_SECRET_BYTES = 32;
/** The minimum number of different characters in a random secret. */
const LEAST_CHARACTERS = 10;

/** A client in the file: its permissions and all its valid credentials. */
export interface DeclaredClient extends ClientPermissions {
  readonly id: string;
  readonly name: string;
  /** The SHA-256 hash of each secret, newest first. */
  readonly secretHashes: readonly Buffer[];
  readonly keys: readonly JsonWebKey[] | undefined;
}

/** What is wrong with the file, and where. The message quotes no values. */
export class ClientsFileError extends Error {
  override readonly name = 'ClientsFileError';
}

class ClientEntry extends ClientDefinition {
  /** The same as `secrets` with one element. */
  @IsOptional()
  readonly secret?: unknown;

  /** Newest first; two while the instances of the client change from one to the other. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MAX_SECRETS)
  readonly secrets?: unknown[];

  /** Instead of secrets, so that the file contains none: their SHA-256 hashes in hexadecimal. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MAX_SECRETS)
  @Matches(/^[0-9a-f]{64}$/, { each: true, message: 'each of secretHashes must be SHA-256 in 64 hexadecimal digits' })
  readonly secretHashes?: string[];
}

/**
 * Reads the clients that an operator declares in a file: a JSON array of
 * `{ clientId, name?, grants, scopes, audiences, roles?, secret | secrets | secretHashes | jwks }`.
 *
 * @throws ClientsFileError
 */
export async function readClientsFile(path: string): Promise<readonly DeclaredClient[]> {
  const entries = parse(await read(path));
  const clients = await Promise.all(entries.map((entry, index) => declare(entry, index)));
  const ids = clients.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new ClientsFileError(`the client ${twice} is declared twice`);
  return clients;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ClientsFileError(
      `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    );
  }
}

function parse(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    throw new ClientsFileError(`the file cannot be read: ${(error as SyntaxError).message}`);
  }
  if (!Array.isArray(value)) throw new ClientsFileError('the file must be a list of clients');
  return value;
}

async function declare(value: unknown, index: number): Promise<DeclaredClient> {
  const fail = (reason: string): never => {
    throw new ClientsFileError(`client ${String(index)}: ${reason}`);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('must be an object');
  const { clientId, name = clientId } = value as { clientId?: unknown; name?: unknown };
  const entry = plainToInstance(ClientEntry, { ...value, name });
  const faults = validateSync(entry, { whitelist: true, forbidNonWhitelisted: true });
  if (faults.length > 0) fail(faults.flatMap(({ constraints }) => Object.values(constraints ?? {})).join('; '));
  const { grants, scopes, audiences, roles = [] } = entry;
  return {
    id: entry.clientId,
    name: entry.name,
    grants,
    scopes,
    audiences,
    roles,
    secretHashes: hashesOf(entry, fail),
    keys: entry.jwks === undefined ? undefined : await keysOf(entry.jwks, fail),
  };
}

function hashesOf({ secret, secrets, secretHashes, jwks }: ClientEntry, fail: (reason: string) => never): Buffer[] {
  const given = [secret, secrets, secretHashes, jwks].filter((credential) => credential !== undefined);
  if (given.length !== 1) fail('must have exactly one of secret, secrets, secretHashes and jwks');
  if (secretHashes !== undefined) return secretHashes.map((hash) => Buffer.from(hash, 'hex'));
  const texts = secrets ?? (secret === undefined ? [] : [secret]);
  return texts.map((text) => {
    if (!isStrong(text)) return fail(`a secret must be random text of at least ${String(LEAST_SECRET_BYTES)} bytes`);
    return hashSecret(text);
  });
}

function isStrong(text: unknown): text is string {
  if (typeof text !== 'string' || Buffer.byteLength(text) < LEAST_SECRET_BYTES) return false;
  return new Set(text).size >= LEAST_CHARACTERS && !/change[-_ ]?me|secret|example|placeholder/i.test(text);
}

async function keysOf(jwks: unknown, fail: (reason: string) => never): Promise<readonly JsonWebKey[]> {
  try {
    return await readClientKeys(jwks);
  } catch (error) {
    if (error instanceof ClientKeysError) return fail(error.message);
    throw error;
  }
}
