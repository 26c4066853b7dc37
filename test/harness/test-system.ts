import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, describeOnPostgres, type TestDatabase } from '@watchword/platform/testing';
import { AppProcess } from '../../scripts/system/app-process.mjs';
import { APPS, type AppName, type Ports } from '../../scripts/system/apps.mjs';
import { freePort } from '../../scripts/system/free-port.mjs';
import { LocalSystem } from '../../scripts/system/local-system.mjs';
import { serviceClient } from '../../scripts/system/service-client.mjs';
import { addStockClient, type ClientCredentials } from './stock-client.js';

export type Env = Readonly<Record<string, string>>;

export interface TestSystemOptions {
  /** Default: each app's embedded database, in a directory of this system's own. */
  readonly database?: 'embedded' | 'postgres';
  /** Default: with a private key of auth's. */
  readonly signing?: 'asymmetric' | 'shared-secret';
  /** For every app. */
  readonly env?: Env;
  readonly appEnv?: Partial<Record<AppName, Env>>;
}

export const ADMINISTRATOR = { email: 'admin@example.com', password: 'correct-horse-battery-staple-93' };

/** The built apps as processes, on ports, data and an environment that nobody else has. */
export class TestSystem {
  private readonly others: AppProcess[] = [];

  private constructor(
    readonly apps: LocalSystem,
    readonly ports: Ports,
    /** A temporary directory, deleted by {@link close}. */
    readonly folder: string,
    /** For {@link inventoryToken}. */
    readonly stockClient: ClientCredentials,
    private readonly databases: readonly TestDatabase[],
  ) {}

  /** Everything but the processes. */
  static async prepare({
    database = 'embedded',
    signing = 'asymmetric',
    env = {},
    appEnv = {},
  }: TestSystemOptions = {}): Promise<TestSystem> {
    const ports = await freePorts();
    const folder = await mkdtemp(join(tmpdir(), 'watchword-system-'));
    const databases = new Map<AppName, TestDatabase>();
    if (database === 'postgres') for (const app of APPS) databases.set(app, await createTestDatabase());
    const clients = await serviceClient(join(folder, 'clients.json'));
    const stockClient = await addStockClient(join(folder, 'clients.json'));
    const own = (app: AppName): Env => {
      const url = databases.get(app)?.url;
      return { ...(url !== undefined && { DATABASE_URL: url }), ...clients[app], ...appEnv[app] };
    };
    const apps = new LocalSystem({
      ports,
      cwd: folder,
      env: { ...isolated(folder), ...SIGNING[signing](), ...env },
      appEnv: Object.fromEntries(APPS.map((app) => [app, app === 'auth' ? { ...issuer(), ...own(app) } : own(app)])),
    });
    return new TestSystem(apps, ports, folder, stockClient, [...databases.values()]);
  }

  /** Starts all four apps and waits until they are ready. */
  static async start(options?: TestSystemOptions): Promise<TestSystem> {
    const system = await TestSystem.prepare(options);
    try {
      system.apps.startAll();
      await system.apps.ready(90_000);
      return system;
    } catch (error) {
      await system.close();
      throw error;
    }
  }

  /** Starts one more instance of an app, on a port of its own, with the same environment. Does not wait for it. */
  async startAnother(app: AppName): Promise<{ readonly process: AppProcess; readonly url: string }> {
    const port = await freePort();
    const process = new AppProcess({
      name: app,
      cwd: this.folder,
      env: { ...this.apps.environmentOf(app), PORT: String(port) },
    });
    this.others.push(process);
    return { process, url: `http://127.0.0.1:${port}` };
  }

  url(app: AppName): string {
    return this.apps.url(app);
  }

  get tcp(): { readonly host: string; readonly port: number } {
    return this.apps.tcp;
  }

  /** Ends all processes and removes all that they left. */
  async close(): Promise<void> {
    await Promise.all(this.others.map((other) => other.stop('SIGKILL')));
    await this.apps.stop('SIGKILL');
    await Promise.all(this.databases.map((database) => database.drop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

const SIGNING: Readonly<Record<NonNullable<TestSystemOptions['signing']>, () => Env>> = {
  asymmetric: () => ({}),
  'shared-secret': () => ({
    JWT_SIGNING: 'shared-secret',
    JWT_SHARED_SECRETS: randomBytes(32).toString('base64url'),
  }),
};

/** What auth alone needs. */
const issuer = (): Env => ({
  ADMIN_EMAIL: ADMINISTRATOR.email,
  ADMIN_PASSWORD: ADMINISTRATOR.password,
  // Tests register more people than anybody would from one address.
  REGISTER_LIMIT_ADDRESS: '100000',
  KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
});

/** Nothing of the developer's environment reaches the apps. */
const isolated = (folder: string): Env => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  NODE_ENV: 'test',
  DATA_DIR: join(folder, 'data'),
  LOG_FORMAT: 'json',
});

async function freePorts(): Promise<Ports> {
  const [auth = 0, catalog = 0, orders = 0, inventory = 0, tcp = 0] = await Promise.all(
    Array.from({ length: 5 }, () => freePort()),
  );
  return { auth, catalog, orders, inventory, tcp };
}

/** Runs the same tests on embedded databases and, where a server is reachable, on PostgreSQL. */
export function describeOnEveryDatabase(title: string, body: (options: TestSystemOptions) => void): void {
  describe(`${title}, on embedded databases`, () => body({ database: 'embedded' }));
  describeOnPostgres(`${title}, on PostgreSQL`, () => body({ database: 'postgres' }));
}
