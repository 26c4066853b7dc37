import { decode, expect, say, send, show, step } from './narrate.mjs';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Exchanges a person's token for one that a single service takes, as orders would.
 *
 * @param {{ clientId: string, secret: string }} client orders, as auth knows it
 */
export async function narrowerToken({ auth, orders }, session, client) {
  step('A token for one service is worth nothing at another');
  say(`Ada's token is good at all three services, so each of them could use it at the other two. Where that is too much, a
    service exchanges it (RFC 8693): orders shows auth who it is itself, and gets a token of Ada's that inventory alone takes.`);
  const { status, body } = await send('POST', `${auth}/oauth/token`, {
    client,
    form: {
      grant_type: EXCHANGE,
      subject_token: session.access_token,
      subject_token_type: ACCESS_TOKEN,
      audience: 'inventory',
      scope: 'inventory:reserve',
    },
  });
  expect(status === 200, 'auth gives the token out', body);
  const [, before] = decode(session.access_token);
  const [, claims] = decode(body.access_token);
  for (const name of ['sub', 'aud', 'scope', 'act', 'exp'])
    show(`  ${name.padEnd(10)} ${JSON.stringify(claims[name])}`);
  expect(claims.sub === before.sub && claims.act.sub === client.clientId, 'it speaks for Ada, by orders', claims);
  expect(claims.exp <= before.exp, "it does not live longer than Ada's", claims);
  const { status: elsewhere } = await send('GET', `${orders}/orders`, { token: body.access_token });
  expect(elsewhere === 401, 'it is for inventory, so orders itself refuses it: 401', elsewhere);
}
