import { randomBytes } from 'node:crypto';
import { request } from './http.js';
import { EXCHANGE } from './stock-client.js';
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

/** @param resource whom the access token is for; left out: the services */
export async function logIn(system: TestSystem, { email, password }: Credentials, resource?: 'auth'): Promise<Session> {
  const { status, body } = await request<Session>('POST', `${system.url('auth')}/auth/login`, {
    body: { email, password, resource },
  });
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** A person with the role `customer`, just registered and logged in. */
export const newCustomer = async (system: TestSystem): Promise<Session> => logIn(system, await register(system));

export const administrator = (system: TestSystem): Promise<Session> => logIn(system, ADMINISTRATOR);

/** A token for the issuer's own endpoints, of a login of its own. */
export async function issuerToken(system: TestSystem, credentials: Credentials = ADMINISTRATOR): Promise<string> {
  return (await logIn(system, credentials, 'auth')).access_token;
}

/** A token of somebody's for inventory, with all that they may do there: what people send to orders is not good at it. */
export async function inventoryToken(system: TestSystem, token: string): Promise<string> {
  const { clientId, secret } = system.stockClient;
  const answer = await fetch(`${system.url('auth')}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'inventory',
    }),
    signal: AbortSignal.timeout(20_000),
  });
  const body = (await answer.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`the exchange answered ${JSON.stringify(body)}`);
  return body.access_token;
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}
