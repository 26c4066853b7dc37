import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeVariables, loadConfig } from '@watchword/platform';
import { serviceClient } from '../../scripts/system/service-client.mjs';
import { APP_CONFIGS, type ConfiguredApp } from './app-configs.js';
import { compose, composeText, interpolate, root, variablesIn } from './compose-file.js';

const apps = Object.entries(compose.services).flatMap(([service, definition]) => {
  const app = definition.build?.args.APP as ConfiguredApp | undefined;
  return app === undefined ? [] : [[service, app, definition] as const];
});

const random = (): string => randomBytes(32).toString('base64url');
const given: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: random(),
  APP_DATABASE_PASSWORD: random(),
  ADMIN_PASSWORD: random(),
  KEY_ENCRYPTION_KEYS: `1:${random()}`,
  ORDERS_CLIENT_SECRET: random(),
  CATALOG_CLIENT_SECRET: random(),
  INVENTORY_CLIENT_SECRET: random(),
};

describe('docker-compose.yml', () => {
  it('has two instances of the issuer and each service once', () => {
    expect(apps.map(([, app]) => app).toSorted()).toEqual(['auth', 'auth', 'catalog', 'inventory', 'orders']);
  });

  it.each(apps)('gives %s (%s) only variables that it knows', (_service, app, { environment = {} }) => {
    const known = describeVariables(APP_CONFIGS[app]).map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it.each(apps)('gives %s (%s) a configuration that production accepts', (_service, app, { environment = {} }) => {
    const entries = Object.entries(environment).map(([name, value]) => [name, interpolate(String(value), given)]);
    const image = { HOST: '0.0.0.0', PORT: '3000', DATA_DIR: '/data' };
    expect(() => loadConfig(app, APP_CONFIGS[app], { ...image, ...Object.fromEntries(entries) })).not.toThrow();
  });

  it.each(apps)('takes every secret of %s (%s) from outside', (_service, app, { environment = {} }) => {
    const secrets = describeVariables(APP_CONFIGS[app]).filter(({ secret }) => secret);
    const values = secrets.map(({ name }) => environment[name]).filter((value) => value !== undefined);
    expect(values.filter((value) => !/\$\{\w+:\?.+\}/.test(String(value)))).toEqual([]);
  });

  it('insists on every secret, and has a default for nothing secret', () => {
    const required = variablesIn(composeText).filter(({ hint }) => hint !== undefined);
    expect(required.map(({ name }) => name).toSorted()).toEqual(Object.keys(given).toSorted());
  });

  it.each(Object.entries(compose.services))(
    'checks the health of %s, as its image does or by a command',
    (_, service) => {
      const { build, healthcheck = { test: [] } } = service;
      if (build === undefined) expect(healthcheck.test.length).toBeGreaterThan(1);
      expect(healthcheck.test.filter((word) => typeof word !== 'string')).toEqual([]);
    },
  );

  it.each(apps)(
    'runs %s on a read-only file system, unless compose has to put a file into it',
    (_service, _app, service) => {
      const copied = (service.configs ?? []).filter(({ source }) => compose.configs[source]?.content !== undefined);
      expect(service.read_only).toBe(copied.length === 0);
    },
  );

  it('publishes nothing beyond this machine, and nothing of inventory', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(compose.services['inventory']?.ports).toBeUndefined();
  });

  it.each(['orders', 'catalog', 'inventory'])('registers the client whose credentials %s has', (app) => {
    const clients = JSON.parse(interpolate(compose.configs['clients']?.content ?? '', given)) as {
      clientId: string;
      secret: string;
    }[];
    const { environment = {} } = compose.services[app] ?? {};
    const client = clients.find(({ clientId }) => clientId === environment['CLIENT_ID']);
    expect(client?.clientId).toBe(app);
    expect(client?.secret).toBe(interpolate(String(environment['CLIENT_SECRET']), given));
  });

  it('lets the services do what npm start lets them do, and nothing more', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'watchword-compose-'));
    await serviceClient(join(folder, 'clients.json'));
    const started = JSON.parse(await readFile(join(folder, 'clients.json'), 'utf8')) as object[];
    await rm(folder, { recursive: true });
    const composed = JSON.parse(interpolate(compose.configs['clients']?.content ?? '', given)) as object[];
    const permissions = (clients: readonly object[]) => clients.map((client) => ({ ...client, secret: undefined }));
    expect(permissions(composed)).toEqual(permissions(started));
    const followed = { scopes: ['security-events:read'], grants: [], roles: [] };
    const orders = { scopes: ['inventory:reserve', 'inventory:manage', 'security-events:read'], roles: [] };
    expect(started).toMatchObject([orders, followed, followed]);
  });
});

describe('the Dockerfile', () => {
  const stages = readFile(join(root, 'Dockerfile'), 'utf8').then((text) => text.split(/^FROM /m).slice(1));

  it('ends in an image with production dependencies alone, not run by root, with a health check', async () => {
    const last = (await stages).at(-1) ?? '';
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toContain('--from=dependencies');
    expect((await stages).find((stage) => stage.includes('AS dependencies'))).toContain('npm ci --omit=dev');
  });

  it('has no secret and no file of the developer in it', async () => {
    const ignored = await readFile(join(root, '.dockerignore'), 'utf8');
    expect(ignored.split('\n')[0]).toBe('*');
    expect((await stages).join('')).not.toMatch(/(PASSWORD|SECRET|KEY)\w*=/);
  });
});
