import { randomBytes } from 'node:crypto';
import { request } from './http.js';
import { ADMINISTRATOR, type TestSystem } from './test-system.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** An answer of the token endpoint or of a login (RFC 6749 §5.1). */
export interface Session {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
}

export const randomCredentials = (): Credentials => ({
  email: `someone-${randomBytes(6).toString('hex')}@example.com`,
  password: randomBytes(18).toString('base64url'),
});

export async function register(system: TestSystem, credentials = randomCredentials()): Promise<Credentials> {
  const { status, body } = await request('POST', `${system.url('auth')}/auth/register`, { body: credentials });
  if (status !== 201) throw new Error(`register answered ${status}: ${JSON.stringify(body)}`);
  return credentials;
}

export async function logIn(system: TestSystem, { email, password }: Credentials): Promise<Session> {
  const { status, body } = await request<Session>('POST', `${system.url('auth')}/auth/login`, {
    body: { email, password },
  });
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** A person with the role `customer`, just registered and logged in. */
export const newCustomer = async (system: TestSystem): Promise<Session> => logIn(system, await register(system));

export const administrator = (system: TestSystem): Promise<Session> => logIn(system, ADMINISTRATOR);

/** The claims of a token, unverified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}
