import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../process/child.js';
import type { BenchDatabase } from './bench-database.js';
import type { IssuerSettings } from './issuer-settings.js';

const PROGRAM = join(import.meta.dirname, '../../dist/apps/auth/main.js');
const ADMIN = { email: 'bench@watchword.example', password: randomBytes(24).toString('base64url') };
const JSON_BODY = { 'content-type': 'application/json' };
const READY_WITHIN_MS = 30_000;

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** `apps/auth` as it is built and deployed, on PostgreSQL, with its defaults. */
export class WatchwordIssuer {
  private constructor(
    readonly child: Child,
    private readonly settings: IssuerSettings,
    private readonly database: BenchDatabase,
  ) {}

  static async start(settings: IssuerSettings, database: BenchDatabase): Promise<WatchwordIssuer> {
    const folder = await mkdtemp(join(tmpdir(), 'watchword-bench-'));
    try {
      const clientsFile = join(folder, 'clients.json');
      await writeFile(clientsFile, JSON.stringify([declaration(settings)]), { mode: 0o600 });
      const child = await Child.startProgram(PROGRAM, 'watchword', {
        PORT: String(settings.port),
        AUTH_ISSUER: settings.url,
        DATABASE_URL: database.url,
        DATA_DIR: folder,
        CLIENTS_FILE: clientsFile,
        KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.password,
      });
      await ready(settings.url);
      return new WatchwordIssuer(child, settings, database);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /**
   * Logs in and answers the refresh tokens. A login is the first party's own, which refreshes without a secret; for the
   * client, whose secret is checked, the sessions are made over in the database.
   */
  async logIn(count: number): Promise<string[]> {
    const tokens: string[] = [];
    for (let i = 0; i < count; i += 1) tokens.push((await this.#logInOnce()).refresh_token);
    await this.database.run('update sessions set client_id = $1', [this.settings.client.id]);
    return tokens;
  }

  /** An access token for the issuer's own endpoints. */
  async administratorToken(): Promise<string> {
    return (await this.#logInOnce({ resource: 'auth' })).access_token;
  }

  /** Does as an administrator what `path` says. */
  async administer(token: string, method: string, path: string, body?: object): Promise<void> {
    const response = await fetch(this.settings.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : JSON_BODY) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  async #logInOnce(wish: { readonly resource?: string } = {}): Promise<Tokens> {
    const response = await fetch(`${this.settings.url}/auth/login`, {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify({ ...ADMIN, ...wish }),
    });
    if (!response.ok) throw new Error(`Login: ${response.status} ${await response.text()}`);
    return (await response.json()) as Tokens;
  }
}

function declaration({ client, scope, audience }: IssuerSettings): object {
  return {
    clientId: client.id,
    name: 'The bench',
    secret: client.secret,
    grants: ['client_credentials', 'refresh_token'],
    scopes: [scope],
    audiences: [audience],
  };
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`The issuer was not ready within ${READY_WITHIN_MS / 1000} s`);
}
