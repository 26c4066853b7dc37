import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the endpoint got it. */
export interface TokenRequest {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

export interface TokenAnswer {
  readonly status?: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A token endpoint that answers as the test says, and remembers what it was asked. */
export interface TokenServer {
  readonly url: string;
  readonly requests: TokenRequest[];
  answer: (request: TokenRequest) => TokenAnswer | Promise<TokenAnswer>;
  close(): Promise<void>;
}

export async function serveTokens(): Promise<TokenServer> {
  const requests: TokenRequest[] = [];
  let granted = 0;
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      const { authorization, 'content-type': contentType } = incoming.headers;
      const request = { authorization, contentType, form: Object.fromEntries(new URLSearchParams(text)) };
      requests.push(request);
      void Promise.resolve(made.answer(request)).then(({ status = 200, body, headers }) =>
        response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: TokenServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth/token`,
    requests,
    answer: () => ({ body: { access_token: `token-${(granted += 1)}`, token_type: 'Bearer', expires_in: 300 } }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return made;
}
