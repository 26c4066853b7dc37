import { expect, say, send, step } from './narrate.mjs';

/** @import { DemoSystem, Session, Urls } from './types.js' */

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

/**
 * @param {Urls} urls
 * @param {{ alg?: string }} header of a token
 */
export async function publishedKeys({ auth }, { alg }) {
  step('How the services can check a signature');
  if (alg === 'HS256') return sharedSecret(auth);
  say(`auth publishes its public keys (a JWKS, RFC 7517). The private one never leaves it. Each service fetches the public
    ones in the background, before they are needed, and finds the right one by the kid in a token's header.`);
  const { status, body } = await send('GET', `${auth}/.well-known/jwks.json`);
  expect(
    status === 200 && body.keys.length > 0,
    `it publishes ${body.keys.length === 1 ? 'one public key' : `${body.keys.length} public keys`}`,
    body,
  );
  expect(
    body.keys.every((/** @type {object} */ key) => PRIVATE.every((member) => !(member in key))),
    'and nothing private in them',
    body,
  );
}

/**
 * In shared-secret mode there is nothing to publish, and nothing may be.
 *
 * @param {string} auth
 */
async function sharedSecret(auth) {
  say(
    `This system signs with a secret that auth and each service hold (JWT_SIGNING=shared-secret). It is never published.
    Each service that can verify with it could also sign with it: public keys, the default, do not have that flaw.`,
  );
  const { body } = await send('GET', `${auth}/.well-known/jwks.json`);
  expect((body.keys ?? []).length === 0, 'no key is published', body);
}

/**
 * Stops the issuer, and asks the services once more. Only in a system of the demo's own.
 *
 * @param {DemoSystem} system
 * @param {Session} session
 */
export async function verifyWithoutIssuer({ urls, stopAuth }, session) {
  step('auth is gone: who is logged in goes on working');
  const body = { items: [{ sku: 'LAMP-OIL', quantity: 1 }] };
  const { status: before } = await send('POST', `${urls.orders}/orders`, { token: session.access_token, body });
  expect(before === 201, 'Ada orders with her new token, and orders exchanges it for inventory', before);
  await stopAuth?.();
  say(`The demo has just stopped the auth app. No service needs it to verify a token, and orders has kept the one that it
    exchanged. Only who orders with a token that orders has not seen before would have to come again: 503.`);
  const { status, body: placed } = await send('POST', `${urls.orders}/orders`, { token: session.access_token, body });
  expect(status === 201, 'an order through all three services, with auth stopped', placed);
  const { status: forged } = await send('GET', `${urls.orders}/orders`, {
    token: `${session.access_token.slice(0, -4)}AAAA`,
  });
  expect(forged === 401, 'a forged token is refused as before', forged);
}
