import type { Bench } from '../bench-settings.js';
import type { TokenBurst, TokenBurstResult } from '../load/drive-token-endpoint.js';
import { measure, type Table } from '../measure/measure.js';
import type { Contender } from '../measure/sample.js';
import { Child } from '../process/child.js';
import { checkTokenEndpoint } from './check-token-endpoint.js';
import { startIssuers, type Issuer, type Issuers } from './issuers.js';

const CONNECTIONS = 16;

/** Tokens made: the client's secret checked, the token signed with ES256, the session rotated in PostgreSQL. */
export async function* issueSuite(bench: Bench): AsyncGenerator<Table> {
  const load = await Child.start('load');
  const issuers = await startIssuers(bench.keys).catch(async (error: unknown) => {
    await load.close();
    throw error;
  });
  try {
    const { floor, inMemory, onPostgres, watchword } = issuers;
    const count = Math.ceil(2000 * bench.scale);
    const clientCredentials = `grant_type=client_credentials&scope=${encodeURIComponent(issuers.scope)}`;
    for (const issuer of [inMemory, watchword]) await checkTokenEndpoint(issuer, issuers, clientCredentials);
    yield await measure(bench, {
      title: 'POST /oauth/token, client_credentials',
      unit: 'tokens',
      contenders: [inMemory, watchword, floor].map((issuer) =>
        contender(
          load,
          issuers,
          issuer,
          Array.from({ length: CONNECTIONS }, () => clientCredentials),
          count,
        ),
      ) as [Contender, ...Contender[]],
    });

    const refreshing: Contender[] = [];
    for (const issuer of [onPostgres, watchword]) {
      const tokens = await issuers.logIn(issuer, CONNECTIONS + 1);
      const bodies = tokens.map((token) => `grant_type=refresh_token&refresh_token=${encodeURIComponent(token)}`);
      await checkTokenEndpoint(issuer, issuers, bodies.pop() ?? '');
      refreshing.push(contender(load, issuers, issuer, bodies, count));
    }
    const constant = Array<string>(CONNECTIONS).fill(clientCredentials);
    refreshing.push(contender(load, issuers, floor, constant, count));
    yield await measure(bench, {
      title: 'POST /oauth/token, refresh_token: rotated on PostgreSQL',
      unit: 'tokens',
      contenders: refreshing as [Contender, ...Contender[]],
    });
  } finally {
    await Promise.all([load.close(), issuers.close()]);
  }
}

function contender(
  load: Child,
  { authorization }: Issuers,
  { name, child, port, path }: Issuer,
  first: readonly string[],
  count: number,
): Contender {
  let bodies = first;
  return {
    name,
    round: async () => {
      const before = await child.ask<number>('cpu');
      const burst: TokenBurst = { port, path, authorization, bodies, count };
      const result = await load.ask<TokenBurstResult>('token', burst);
      bodies = result.bodies;
      const cpu = (await child.ask<number>('cpu')) - before;
      return { perSecond: count / result.seconds, cpuMicroseconds: (cpu / count) * 1e6 };
    },
  };
}
