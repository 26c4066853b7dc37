import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { ServerTCP, type TcpContext } from '@nestjs/microservices';
import { NEVER, of, throwError, type Observable } from 'rxjs';

const HOST = '127.0.0.1';

/** A port that is answered by a function, which a test may change. */
export class HttpStandIn {
  readonly requests: IncomingMessage[] = [];
  /** Of each request that was read to its end. */
  readonly bodies: string[] = [];
  readonly #server: Server;

  private constructor(public answer: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        this.bodies.push(body);
        this.answer(request, response);
      });
    });
  }

  static async start(answer: HttpStandIn['answer']): Promise<HttpStandIn> {
    const standIn = new HttpStandIn(answer);
    await new Promise<void>((resolve) => standIn.#server.listen(0, HOST, resolve));
    return standIn;
  }

  get url(): string {
    return `http://${HOST}:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): HttpStandIn['answer'] =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export interface InventoryCall {
  readonly pattern: string;
  readonly data: { readonly reservationId: string };
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What a stand-in does with a call: answer, refuse, or stay silent. */
export type Reaction = (call: InventoryCall) => Observable<unknown>;
export const done: Reaction = ({ data }) => of({ reservationId: data.reservationId });
export const refuse =
  (status: number, code: string): Reaction =>
  () =>
    throwError(() => ({ status, code, message: `inventory says ${code}` }));
export const silence: Reaction = () => NEVER;

/** Speaks inventory's patterns over Nest's TCP transport, and remembers who called with what. */
export class InventoryStandIn {
  readonly calls: InventoryCall[] = [];
  reserve: Reaction = done;
  release: Reaction = done;
  readonly #server = new ServerTCP({ host: HOST, port: 0 });

  static async start(): Promise<InventoryStandIn> {
    const standIn = new InventoryStandIn();
    standIn.#on('stock.reserve', (call) => standIn.reserve(call));
    standIn.#on('stock.release', (call) => standIn.release(call));
    await new Promise<void>((resolve) => standIn.#server.listen(() => resolve()));
    return standIn;
  }

  get port(): number {
    return (this.#server.unwrap<NetServer>().address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  #on(pattern: string, react: Reaction): void {
    this.#server.addHandler(pattern, (data: InventoryCall['data'], context: TcpContext) => {
      const call = { pattern, data, metadata: { ...context.getMetadata() } };
      this.calls.push(call);
      return Promise.resolve(react(call));
    });
  }
}
