import { answerParent } from '../process/answer-parent.js';
import type { MintKeys, TokenKind } from '../tokens/token-mint.js';
import { BearerRequests, httpRequest, tcpRequest, type TokenMode } from './bearer-requests.js';
import { timeGoodRequests } from '../flood/good-requests.js';
import { prepareFlood, sendFlood } from '../flood/made-up-messages.js';
import { driveHttp } from './drive-http.js';
import { driveTcp } from './drive-tcp.js';
import { driveTokenEndpoint } from './drive-token-endpoint.js';

/** One measured burst at a server. */
export interface Burst {
  readonly transport: 'http' | 'tcp';
  readonly port: number;
  readonly kind: TokenKind;
  readonly mode: TokenMode;
  readonly count: number;
}

const CONNECTIONS = 16;
const encoders = { http: httpRequest, tcp: tcpRequest };
const requests: Partial<Record<Burst['transport'], BearerRequests>> = {};

/** The process that makes the load, apart from the servers so that their CPU time is theirs alone. */
answerParent({
  keys: (keys: MintKeys): void => {
    requests.http = new BearerRequests(keys);
    requests.tcp = new BearerRequests(keys);
  },
  renew: ({ transport, count }: Pick<Burst, 'transport' | 'count'>): void =>
    requests[transport]!.renew(count, encoders[transport]),
  burst: ({ transport, port, kind, mode, count }: Burst): Promise<number> => {
    const next = requests[transport]!.of(kind, mode, encoders[transport]);
    if (transport === 'tcp') return driveTcp({ port, messages: count, message: next });
    let index = 0;
    return driveHttp({ port, connections: CONNECTIONS, requests: count, next: () => next(index++) });
  },
  token: driveTokenEndpoint,
  good: timeGoodRequests,
  prepareFlood,
  flood: sendFlood,
});
