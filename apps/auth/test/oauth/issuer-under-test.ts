import { DATABASE } from '@watchword/platform';
import { startTestApp, type TestApp } from '@watchword/platform/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '../../src/app.module.js';
import { AuthConfig } from '../../src/config/index.js';
import type { AuthDatabase } from '../../src/database/auth-database.js';
import { RotateRefreshToken } from '../../src/sessions/rotate-refresh-token.js';
import { StartSession } from '../../src/sessions/start-session.js';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const ADMIN = { email: 'admin@example.com', password: randomBytes(18).toString('base64url') };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

type Form = Readonly<Record<string, string | readonly string[]>> | string;

/** Of one session. */
export interface PersonTokens {
  /** For the services. */
  readonly accessToken: string;
  /** For the issuer's own endpoints. */
  readonly issuerToken: string;
  readonly refreshToken: string;
}

/** The whole issuer over HTTP, with clients registered from a file. */
export interface IssuerUnderTest {
  readonly url: string;
  readonly app: TestApp;
  /** Tokens of the administrator. */
  readonly admin: PersonTokens;
  logIn(): Promise<PersonTokens>;
  /** Registers a person; logs them in. */
  newPerson(): Promise<PersonTokens & { readonly id: string }>;
  /** The same, in a session that a client of this id began. No endpoint lets a client begin one yet. */
  newPersonAt(clientId: string): Promise<PersonTokens & { readonly id: string }>;
  /** Posts a form as a client, by client_secret_basic. */
  as(clientId: string, secret: string): (path: string, form: Form) => Promise<Answer>;
  post(path: string, form: Form, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Calls a JSON endpoint as the administrator. */
  administer(method: string, path: string, body?: object): Promise<Answer>;
  close(): Promise<void>;
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export async function startIssuer(
  clients: readonly object[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<IssuerUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-clients-'));
  const file = join(directory, 'clients.json');
  await writeFile(file, JSON.stringify(clients));
  const port = String(await freePort());
  const app = await startTestApp({
    name: 'auth',
    module: AppModule,
    config: AuthConfig,
    environment: {
      PORT: port,
      AUTH_ISSUER: `http://127.0.0.1:${port}`,
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      CLIENTS_FILE: file,
      KEY_ENCRYPTION_KEYS: `1:${newSecret()}`,
      CLIENT_LIMIT: '1000',
      ...environment,
    },
  });
  const { url } = app;
  const logInAs = async (credentials: object): Promise<PersonTokens> => {
    const { body: first } = await call(`${url}/auth/login`, json({ ...credentials, resource: 'auth' }));
    const { body } = await call(`${url}/auth/refresh`, json({ refresh_token: first['refresh_token'] }));
    return {
      accessToken: String(body['access_token']),
      issuerToken: String(first['access_token']),
      refreshToken: String(body['refresh_token']),
    };
  };
  const post: IssuerUnderTest['post'] = (path, form, headers = {}) =>
    call(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof form === 'string' ? form : encode(form),
    });
  const register = async () => {
    const credentials = { email: `${randomBytes(6).toString('hex')}@example.com`, password: newSecret() };
    const { body } = await call(`${url}/auth/register`, json(credentials));
    return { id: String(body['id']), credentials };
  };
  const admin = await logInAs(ADMIN);
  return {
    url,
    app,
    admin,
    post,
    logIn: () => logInAs(ADMIN),
    newPerson: async () => {
      const { id, credentials } = await register();
      return { id, ...(await logInAs(credentials)) };
    },
    newPersonAt: async (clientId) => {
      const { id } = await register();
      const device = { userAgent: undefined, ip: undefined };
      const first = await app
        .get<AuthDatabase>(DATABASE)
        .transaction((tx) => app.get<StartSession>(StartSession).run(tx, id, clientId, device, { resource: 'auth' }));
      const next = await app.get<RotateRefreshToken>(RotateRefreshToken).run(String(first.refresh_token), clientId);
      return {
        id,
        accessToken: next.access_token,
        issuerToken: first.access_token,
        refreshToken: String(next.refresh_token),
      };
    },
    as: (clientId, secret) => (path, form) => post(path, form, { authorization: basic(clientId, secret) }),
    administer: (method, path, body) =>
      call(`${url}${path}`, {
        ...(body === undefined ? {} : json(body)),
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin.issuerToken}` },
      }),
    close: async () => {
      await app.close();
      await rm(directory, { recursive: true });
    },
  };
}

export function basic(clientId: string, secret: string): string {
  const encoded = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}

/** The payload of a token, unverified. */
export function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  const [, payload = ''] = String(token).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}

function json(body: object): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, body };
}

function encode(form: Exclude<Form, string>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) for (const entry of [value].flat()) parameters.append(name, entry);
  return parameters.toString();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
