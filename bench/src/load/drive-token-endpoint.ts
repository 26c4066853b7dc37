import { driveHttp } from './drive-http.js';

/** One measured burst at a token endpoint; each connection is one client's or one session's. */
export interface TokenBurst {
  readonly port: number;
  readonly path: string;
  /** `Authorization` of the client that asks. */
  readonly authorization: string;
  /** Form bodies, one a connection. With `refresh_token=` last, the answer's successor takes its place. */
  readonly bodies: readonly string[];
  readonly count: number;
}

export interface TokenBurstResult {
  readonly seconds: number;
  /** The bodies to go on with. */
  readonly bodies: readonly string[];
}

const REFRESH = 'refresh_token=';

export async function driveTokenEndpoint(burst: TokenBurst): Promise<TokenBurstResult> {
  const bodies = [...burst.bodies];
  const rotates = bodies[0]?.includes(`&${REFRESH}`) ?? false;
  const seconds = await driveHttp({
    port: burst.port,
    connections: bodies.length,
    requests: burst.count,
    next: (connection) => post(burst, bodies[connection]!),
    answered: (connection, body) => {
      if (!rotates) return;
      const { refresh_token: successor } = JSON.parse(body.toString()) as { refresh_token: string };
      const old = bodies[connection]!;
      const kept = old.slice(0, old.lastIndexOf(`&${REFRESH}`) + 1 + REFRESH.length);
      if (old === kept + successor) throw new Error('The refresh token was not rotated');
      bodies[connection] = kept + successor;
    },
  });
  return { seconds, bodies };
}

function post({ path, authorization }: TokenBurst, body: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
