import { expect, say, send, step } from './narrate.mjs';

/** @import { Placed, Session, Urls } from './types.js' */

/** @param {Urls} urls */
export async function noToken({ orders }) {
  step('Without a token');
  const { status, headers, body } = await send('GET', `${orders}/orders`);
  expect(status === 401, 'the answer is 401, and says how to authenticate', body);
  expect(headers.get('www-authenticate')?.startsWith('Bearer') === true, 'with a Bearer challenge (RFC 6750)', body);
}

/**
 * @param {Urls} urls
 * @param {Session} other
 * @param {Placed} placed
 */
export async function othersOrder({ orders }, other, placed) {
  step("Bob asks for Ada's order");
  say(`Bob's token is as good as Ada's; the order is just not his. The answer is the same as for an order that does not
    exist, so that nothing can be learned by trying.`);
  const { status, body } = await send('GET', `${orders}/orders/${placed.id}`, { token: other.access_token });
  expect(status === 404, 'the answer is 404', body);
}

/**
 * @param {Urls} urls
 * @param {Session} session
 */
export async function missingScope({ catalog }, session) {
  step('Ada tries to change the catalog');
  say(`Her token is genuine, but its scope lacks catalog:write. So the answer is 403, not 401: it is clear who she is, and
    she may not do this.`);
  const product = { sku: 'FREE-TENT', name: 'A free tent', priceCents: 1, currency: 'EUR' };
  const { status, headers, body } = await send('POST', `${catalog}/products`, {
    token: session.access_token,
    body: product,
  });
  expect(status === 403 && body.code === 'insufficient_scope', 'the answer is 403 insufficient_scope', body);
  expect(
    headers.get('www-authenticate')?.includes('catalog:write') === true,
    'and names the scope that is missing',
    body,
  );
}

/**
 * Gives herself a role, and keeps the signature of the honest claims.
 *
 * @param {Urls} urls
 * @param {Session} session
 */
export async function forgedToken({ orders }, session) {
  step('Ada makes herself an administrator');
  say(`She decodes her token, writes "admin" into the roles, encodes it again, and keeps the old signature. The answer does
    not say what was wrong with it; the log of orders does: signature_invalid.`);
  const [header, claims = '', signature] = session.access_token.split('.');
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')), roles: ['admin'] };
  const forged = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
  const { status, body } = await send('GET', `${orders}/orders`, { token: forged });
  expect(
    status === 401 && body.code === 'invalid_token',
    'the signature does not fit any more: 401 invalid_token',
    body,
  );
  const { status: honest } = await send('GET', `${orders}/orders`, { token: session.access_token });
  expect(honest === 200, 'the unchanged token is as good as before', honest);
}

/**
 * Leaves the signature away, and says so in the header.
 *
 * @param {Urls} urls
 * @param {Session} session
 */
export async function unsignedToken({ orders }, session) {
  step('Ada says that her token needs no signature');
  say(`She writes "alg": "none" into the header, as the JWT standard has it for unsigned tokens. orders takes the algorithms
    of its own list alone, whatever a header says.`);
  const claims = session.access_token.split('.')[1];
  const header = Buffer.from(JSON.stringify({ typ: 'at+jwt', alg: 'none' })).toString('base64url');
  const { status, body } = await send('GET', `${orders}/orders`, { token: `${header}.${claims}.` });
  expect(status === 401 && body.code === 'invalid_token', 'the answer is 401 invalid_token', body);
}
