import { Logger } from '@nestjs/common';
import { ServerTCP, type BaseRpcContext, type MessageHandler, type ReadPacket } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { RpcProblem } from '../http/problem.filter.js';

const UNKNOWN_PATTERN: RpcProblem = { status: 404, code: 'not_found', message: 'There is no handler for this pattern' };
/** How much of an unknown pattern is logged, in characters. Anybody may have sent it. */
const LOGGED_CHARACTERS = 100;

/** Nest's TCP server, with errors in the form of this project where Nest has another form or no error. */
export class AnsweringTcpServer extends ServerTCP {
  private readonly log = new Logger('Rpc');

  /** Nest's own method calls back for two kinds of failure only; with any other failure the startup would wait forever. */
  override listen(callback: (error?: unknown) => void): void {
    this.server.once('error', callback);
    this.server.listen(this.port, this.host, () => {
      this.server.off('error', callback);
      callback();
    });
  }

  /** Nest answers an unknown pattern with a plain text. */
  override getHandlerByPattern(pattern: string): MessageHandler {
    return this.find(pattern) ?? (() => this.refuse(pattern));
  }

  /** Nest logs an unknown pattern completely, as an error: a peer without a token could write a line of a megabyte. */
  override async handleEvent(pattern: string, packet: ReadPacket, context: BaseRpcContext): Promise<unknown> {
    if (this.find(pattern) !== null) return (await super.handleEvent(pattern, packet, context)) as unknown;
    this.warn(pattern);
    return undefined;
  }

  /** Nest first parses each pattern as JSON. A plain name is not JSON, and the SyntaxError takes a third of the CPU time of a message. */
  private find(pattern: string): MessageHandler | null {
    return this.messageHandlers.get(pattern) ?? super.getHandlerByPattern(pattern);
  }

  private async refuse(pattern: string) {
    this.warn(pattern);
    return throwError(() => UNKNOWN_PATTERN);
  }

  private warn(pattern: string | undefined): void {
    this.log.warn('There is no handler for this pattern', { pattern: String(pattern).slice(0, LOGGED_CHARACTERS) });
  }
}
