import { expect, say, send, step } from './narrate.mjs';

/** @import { Placed, Session, Urls } from './types.js' */

const SKU = 'LAMP-OIL';

/** @param {Urls} urls */
export async function browse({ catalog }) {
  step('Anybody may look at the products');
  say('Every route of every service needs a token, unless its author wrote @Public() above it. This one is public.');
  const { status, body } = await send('GET', `${catalog}/products`);
  expect(status === 200, 'the products are there, without a token', body);
}

/**
 * Places an order: one request of the person's becomes an HTTP call and a TCP message, each with a token of the person's.
 *
 * @param {Urls} urls
 * @param {Session} session
 * @returns {Promise<Placed>}
 */
export async function order({ orders }, session) {
  step('An order: one request, three services');
  say(`orders verifies the token by itself. Then it asks catalog for the price over HTTP with the same token, and inventory to
    reserve over TCP. Ada's token is not for inventory, so orders exchanges it at auth for one that is, and keeps that for as
    long as it lives. inventory verifies it again: it does not take orders' word for who is calling.`);
  const body = { items: [{ sku: SKU, quantity: 2 }] };
  const { status, body: placed } = await send('POST', `${orders}/orders`, { token: session.access_token, body });
  expect(status === 201, 'the order was placed', placed);
  expect(
    placed.items[0].unitPriceCents > 0,
    `catalog gave the price: ${placed.totalCents / 100} ${placed.currency}`,
    placed,
  );
  expect(typeof placed.customerId === 'string', 'the order belongs to the subject of the token', placed);
  return placed;
}

/**
 * @param {Urls} urls
 * @param {Session} session
 * @param {Placed} placed
 */
export async function readOrders({ orders }, session, placed) {
  step('Ada reads her order');
  const { status, body } = await send('GET', `${orders}/orders/${placed.id}`, { token: session.access_token });
  expect(status === 200 && body.id === placed.id, 'the order is there', body);
}
