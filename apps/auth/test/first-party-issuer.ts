import { startTestApp, type TestApp } from '@watchword/platform/testing';
import { randomUUID } from 'node:crypto';
import { AppModule } from '../src/app.module.js';
import { AuthConfig } from '../src/config/index.js';

export const PASSWORD = 'tidal-orchid-bakery';
export const OTHER_PASSWORD = 'quartz-lantern-velvet';
const ADMIN = { email: 'admin@watchword.local', password: OTHER_PASSWORD };

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The whole issuer over HTTP, for those who use its JSON endpoints: people and administrators. */
export type FirstPartyIssuer = Awaited<ReturnType<typeof startFirstPartyIssuer>>;

export async function startFirstPartyIssuer(environment: Readonly<Record<string, string>> = {}) {
  const app: TestApp = await startTestApp({
    name: 'auth',
    module: AppModule,
    config: AuthConfig,
    environment: {
      ADMIN_PASSWORD: ADMIN.password,
      LOGIN_LIMIT_ADDRESS: '10000',
      REGISTER_LIMIT_ADDRESS: '1000',
      ...environment,
    },
  });

  async function call(method: string, path: string, token?: string, body?: unknown): Promise<JsonAnswer> {
    const response = await fetch(app.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** The access token is for the issuer. */
  async function logIn({ email, password } = ADMIN): Promise<Tokens> {
    const { status, body } = await call('POST', '/auth/login', undefined, { email, password, resource: 'auth' });
    expect(status).toBe(200);
    return body as Tokens;
  }

  /** Registers somebody and logs them in. */
  async function person() {
    const credentials = { email: `${randomUUID()}@example.com`, password: PASSWORD };
    const { status, body } = await call('POST', '/auth/register', undefined, { ...credentials, name: 'Ann' });
    expect(status).toBe(201);
    const { id } = body as { id: string };
    return { id, ...credentials, ...(await logIn(credentials)) };
  }

  return { app, url: app.url, call, logIn, person, close: () => app.close() };
}

export function expectProblem({ status, headers, body }: JsonAnswer, expectedStatus: number, code: string): void {
  expect(status).toBe(expectedStatus);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status: expectedStatus, code });
}
