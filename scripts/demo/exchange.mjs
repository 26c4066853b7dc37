import { decode, expect, say, send, show, step } from './narrate.mjs';

/** @import { ServiceClient, Session, Urls } from './types.js' */

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Exchanges a person's token for one that a single service takes, as orders would.
 *
 * @param {Urls} urls
 * @param {Session} session
 * @param {ServiceClient} client orders, as auth knows it
 */
export async function narrowerToken({ auth, orders }, session, client) {
  step('What orders did for that order: the exchange, by hand');
  say(`orders shows auth who it is itself, with its own secret, and Ada's token (RFC 8693). It gets a token of Ada's that
    inventory alone takes, with no more than orders needs there.`);
  const { status, body } = await send('POST', `${auth}/oauth/token`, {
    client,
    form: {
      grant_type: EXCHANGE,
      subject_token: session.access_token,
      subject_token_type: ACCESS_TOKEN,
      audience: 'inventory',
    },
  });
  expect(status === 200, 'auth gives the token out', body);
  const [, before] = decode(session.access_token);
  const [, claims] = decode(body.access_token);
  for (const name of ['sub', 'aud', 'scope', 'act', 'exp'])
    show(`  ${name.padEnd(10)} ${JSON.stringify(claims[name])}`);
  expect(JSON.stringify([claims.aud].flat()) === '["inventory"]', 'it is for inventory and for nothing else', claims);
  expect(
    claims.scope.split(' ').every((/** @type {string} */ scope) => scope.startsWith('inventory:')) &&
      claims.roles.length === 0,
    'it says what orders may do for her there, and nothing more: not her roles, nor what she may do with orders',
    claims,
  );
  expect(claims.sub === before.sub && claims.act.sub === client.clientId, 'it speaks for Ada, by orders', claims);
  expect(claims.exp <= before.exp, "it does not live longer than Ada's", claims);
  const { status: elsewhere } = await send('GET', `${orders}/orders`, { token: body.access_token });
  expect(elsewhere === 401, 'orders itself refuses it: 401', elsewhere);
  const { status: wider, body: refusal } = await send('POST', `${auth}/oauth/token`, {
    client,
    form: {
      grant_type: EXCHANGE,
      subject_token: session.access_token,
      subject_token_type: ACCESS_TOKEN,
      audience: 'auth',
    },
  });
  expect(
    wider === 400 && refusal.error === 'invalid_target',
    'and no service gets one for auth: 400 invalid_target',
    refusal,
  );
}

/**
 * The same without a word.
 *
 * @param {string} auth
 * @param {string} token
 * @param {ServiceClient} client
 * @returns {Promise<Session>}
 */
export async function exchangeQuietly(auth, token, { clientId, secret }) {
  const response = await fetch(`${auth}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      audience: 'inventory',
    }),
  });
  return /** @type {Session} */ (await response.json());
}
