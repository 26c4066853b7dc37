import { randomBytes } from 'node:crypto';
import { askInventory } from '../system/ask-inventory.mjs';
import { exchangeQuietly } from './exchange.mjs';
import { decode, expect, measured, say, send, show, step } from './narrate.mjs';

/** @import { Credentials, DemoSystem, Session, Urls } from './types.js' */

/**
 * Makes an account with an address and a password of its own, so that the demo can be run again and again.
 *
 * @param {Urls} urls
 * @param {string} name
 * @returns {Promise<Credentials>}
 */
export async function register({ auth }, name) {
  step(`${name} makes an account at auth`);
  const credentials = {
    email: `${name.toLowerCase()}-${randomBytes(4).toString('hex')}@example.com`,
    password: randomBytes(18).toString('base64url'),
  };
  const { status, body } = await send('POST', `${auth}/auth/register`, { body: { ...credentials, name } });
  expect(status === 201, 'the account exists', body);
  expect(body.roles.includes('customer'), 'its role is customer', body.roles);
  return credentials;
}

/**
 * Without a word.
 *
 * @param {Urls} urls
 * @param {Credentials} credentials
 * @returns {Promise<Session>}
 */
export const logInQuietly = ({ auth }, credentials) => postQuietly(`${auth}/auth/login`, credentials);

/**
 * A token for the issuer, which is for nothing else.
 *
 * @param {Urls} urls
 * @param {Session} session
 * @returns {Promise<Session>}
 */
export async function ownAccount({ auth, orders }, session) {
  step('For her own account, Ada needs another token');
  say(`Whoever receives a token could use it wherever it is good. So what Ada sends to orders is worth nothing at auth, where
    her password and her logins are administered, and an administrator's is worth nothing at /admin.`);
  const { status: refused } = await send('GET', `${auth}/auth/me`, { token: session.access_token });
  expect(refused === 401, 'auth refuses the token that is for the services: 401', refused);
  say(
    'She asks for one that auth alone takes. The resource names whom it is for (RFC 8707); login and refresh know it.',
  );
  const { status, body } = await send('POST', `${auth}/auth/refresh`, {
    body: { refresh_token: session.refresh_token, resource: 'auth' },
  });
  expect(status === 200, 'there is a token for auth', body);
  const [, claims] = decode(body.access_token);
  expect(JSON.stringify([claims.aud].flat()) === '["auth"]', 'it is for auth, and for nothing else', claims);
  const { status: me } = await send('GET', `${auth}/auth/me`, { token: body.access_token });
  expect(me === 200, 'auth says who she is', me);
  const { status: order } = await send('GET', `${orders}/orders`, { token: body.access_token });
  expect(order === 401, 'orders refuses it: 401', order);
  return body;
}

/**
 * @param {string} url
 * @param {object} body
 * @returns {Promise<Session>}
 */
async function postQuietly(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return /** @type {Session} */ (await response.json());
}

/**
 * @param {Urls} urls
 * @param {Credentials} credentials
 * @returns {Promise<Session>}
 */
export async function logIn({ auth }, credentials) {
  step('Ada logs in');
  say(`The password goes to auth and nowhere else. What comes back is an access token, which auth signed and which lives
    for minutes, and a refresh token, which is random and means something to auth alone.`);
  const { status, body } = await send('POST', `${auth}/auth/login`, { body: credentials });
  expect(status === 200 && typeof body.access_token === 'string', 'there is an access token', body);
  expect(body.token_type === 'Bearer' && body.expires_in <= 900, `it lives for ${body.expires_in} seconds`, body);
  return body;
}

/** @type {Readonly<Record<string, string>>} */
const MEANING = {
  iss: 'who issued it: services compare this exactly with the issuer they trust',
  sub: 'who it speaks for',
  aud: 'the services that may take it; any other one refuses it',
  exp: 'when it ends',
  iat: 'when it was issued',
  jti: 'this one token, by name',
  client_id: 'the program that it was issued to',
  sid: 'the session (this login) that it belongs to',
  scope: 'what it may be used for',
  roles: 'what its subject is',
  auth_time: 'when the password was typed',
  amr: 'how: by a password (RFC 8176)',
  acr: 'how strong auth takes that to be',
};

/**
 * Shows what is in a token.
 *
 * @param {string} token
 */
export function decodeToken(token) {
  step('What is in the access token');
  const [header, claims] = decode(token);
  const makers = header.alg === 'HS256' ? 'nobody without the secret' : 'nobody but auth';
  say(`It is a JSON Web Token (RFC 7519): a header, the claims and a signature over both, each base64url, separated by dots.
    It is signed, not encrypted: anybody can read it, ${makers} can make one or change one.`);
  show('header');
  for (const [name, value] of Object.entries(header)) show(`  ${name.padEnd(10)} ${value}`);
  show('claims');
  for (const [name, value] of Object.entries(claims)) {
    show(`  ${name.padEnd(10)} ${JSON.stringify(value)}`);
    if (MEANING[name] !== undefined) show(`  ${''.padEnd(10)}   ${MEANING[name]}`);
  }
  expect(header.typ === 'at+jwt', 'the header says that it is an access token (RFC 9068)', header);
  expect(
    ['catalog', 'orders'].every((name) => claims.aud.includes(name)),
    'it is for the services that Ada calls herself',
    claims,
  );
  expect(
    !['inventory', 'auth'].some((name) => claims.aud.includes(name)),
    'and for no other: not for inventory, which only orders calls, and not for auth itself',
    claims,
  );
  expect(claims.exp - claims.iat <= 900, 'it ends soon, so a stolen one is worth little', claims);
  return { header, claims };
}

/**
 * @param {Urls} urls
 * @param {Session} session
 * @returns {Promise<Session>}
 */
export async function refresh({ auth }, session) {
  step('The access token is renewed with the refresh token');
  say('No password is needed. The refresh token is used up by this: the answer has a new one.');
  const { status, body } = await send('POST', `${auth}/auth/refresh`, {
    body: { refresh_token: session.refresh_token },
  });
  expect(status === 200, 'there is a new access token', body);
  expect(body.refresh_token !== session.refresh_token, 'the refresh token is another one (rotation)', 'the same');
  expect(body.access_token !== session.access_token, 'the access token is another one', 'the same');
  return body;
}

/**
 * Uses a refresh token twice more, then an old copy of it.
 *
 * @param {Urls} urls
 * @param {Session} session
 */
export async function stolenRefreshToken({ auth }, session) {
  step("Somebody has a copy of Bob's refresh token");
  say(`Bob's program has renewed twice since the copy was made. Then the thief uses the copy. auth can't tell who is
    who, so it ends the session for both; Bob has to log in again.`);
  const second = await postQuietly(`${auth}/auth/refresh`, { refresh_token: session.refresh_token });
  const third = await postQuietly(`${auth}/auth/refresh`, { refresh_token: second.refresh_token });
  expect(typeof third.refresh_token === 'string', 'Bob renews twice', third);
  const url = `${auth}/auth/refresh`;
  const { status, body } = await send('POST', url, { body: { refresh_token: session.refresh_token } });
  expect(status === 400 && body.code === 'invalid_grant', 'the copy is refused: 400 invalid_grant', body);
  const { status: own } = await send('POST', url, { body: { refresh_token: third.refresh_token } });
  expect(own === 400, "and so is Bob's own, from now on", own);
}

/**
 * Ends a login, and shows how long each service takes to hear of it.
 *
 * @param {Urls} urls
 * @param {Session} session
 * @param {Pick<DemoSystem, 'client' | 'inventoryPort'>} system
 */
export async function logOut({ auth, catalog, orders }, session, { client, inventoryPort }) {
  step('Bob, who has logged in again, logs out while his program goes on asking');
  say(`His refresh token ends at once, and auth takes no token of this login any more. The other services verify alone and ask
    nobody, but they follow what auth revokes: each refuses his access token as soon as it hears of it.`);
  const forAuth = await postQuietly(`${auth}/auth/refresh`, { refresh_token: session.refresh_token, resource: 'auth' });
  const token = session.access_token;
  const statusOf = async (/** @type {string} */ method, /** @type {string} */ url) =>
    (await fetch(url, { method, headers: { authorization: `Bearer ${token}` } })).status;
  /** @type {Record<string, () => Promise<number>>} */
  const asked = {
    catalog: () => statusOf('POST', `${catalog}/products`),
    orders: () => statusOf('GET', `${orders}/orders`),
  };
  if (client !== undefined && inventoryPort !== undefined) {
    const { access_token: exchanged } = await exchangeQuietly(auth, token, client);
    asked.inventory = () => askInventory(inventoryPort, exchanged);
  }
  for (const [service, ask] of Object.entries(asked)) {
    const status = await ask();
    expect(status !== 401, `${service} takes his token, and answers ${status}`, status);
  }
  const { status } = await send('POST', `${auth}/auth/logout`, { body: { refresh_token: forAuth.refresh_token } });
  const answered = performance.now();
  expect(status === 204, 'he is logged out', status);
  await Promise.all(
    Object.entries(asked).map(async ([service, ask]) => {
      while ((await ask()) !== 401) {
        if (performance.now() - answered > 10_000) throw new Error(`${service} still lets him in`);
      }
      measured(`${service} refuses him ${(performance.now() - answered).toFixed(0)} ms later: 401`, true);
    }),
  );
  const { status: renewed } = await send('POST', `${auth}/auth/refresh`, {
    body: { refresh_token: forAuth.refresh_token },
  });
  expect(renewed === 400, 'no more renewing', renewed);
  const { status: me } = await send('GET', `${auth}/auth/me`, { token: forAuth.access_token });
  expect(me === 401, 'auth refuses the token that it gave him for itself', me);
}
