import type { Socket } from 'node:net';
import { JsonSocket, type JsonSocketOptions } from '@nestjs/microservices';
import { parseStrictJson, type StrictJsonOptions } from '../../verification/index.js';
import type { RpcError } from '../errors/auth-problem.js';

/** In characters, of one packet. Nest's own default is 128 Mi. */
const MAX_BUFFER_SIZE = 1_048_576;

/**
 * Nest's framing of TCP packets, read by {@link parseStrictJson}: `socketClass` of a TCP server. A packet that can be read in two
 * ways, is nested deeper than 32 levels or has text that no database holds is refused with 400; the connection goes on.
 *
 * @example
 * ```ts
 * import { type MicroserviceOptions, ServerTCP } from '@nestjs/microservices';
 * import { StrictJsonSocket } from '@watchword/auth/microservices';
 *
 * // For app.connectMicroservice(), or NestFactory.createMicroservice().
 * export const microservice: MicroserviceOptions = {
 *   strategy: new ServerTCP({ host: '127.0.0.1', port: 4003, socketClass: StrictJsonSocket }),
 * };
 * ```
 */
export class StrictJsonSocket extends JsonSocket {
  /** What a packet may contain. */
  protected readonly limits: StrictJsonOptions = {};

  /** @param options those of Nest's JsonSocket; `maxBufferSize` is 1,048,576 characters by default. */
  constructor(socket: Socket, options: JsonSocketOptions = {}) {
    super(socket, { maxBufferSize: MAX_BUFFER_SIZE, ...options });
  }

  /** @internal Nest calls it with each packet. */
  protected override emitMessage(data: string): void {
    let message: unknown;
    try {
      message = parseStrictJson(data, this.limits);
    } catch (error) {
      this.refuse(idIn(data), (error as SyntaxError).message);
      return;
    }
    this.socket.emit('message', message ?? {});
  }

  /** Answers a packet that was not taken. An event, which has no id, gets no answer. */
  protected refuse(id: unknown, reason: string): void {
    if (id === undefined) return;
    const err: RpcError = { status: 400, code: 'bad_request', message: `The packet cannot be read: ${reason}` };
    this.sendMessage({ id, status: 'error', err });
  }
}

/**
 * Whom to answer. Nothing else is taken from what was refused.
 *
 * @throws SyntaxError when the text is not JSON at all: its peer does not speak this protocol, and Nest ends the connection
 */
function idIn(data: string): unknown {
  let packet: unknown;
  try {
    packet = JSON.parse(data);
  } catch {
    throw new SyntaxError('The packet is not JSON'); // without the engine's message, which quotes it
  }
  const id = (packet as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
