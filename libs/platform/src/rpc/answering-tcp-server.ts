import { Logger } from '@nestjs/common';
import { ServerTCP, type BaseRpcContext, type MessageHandler, type ReadPacket } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { RpcProblem } from '../http/problem.filter.js';

const UNKNOWN_PATTERN: RpcProblem = { status: 404, code: 'not_found', message: 'There is no handler of this pattern' };
/** How much of a pattern is logged that anybody may have sent, in characters. */
const LOGGED_CHARACTERS = 100;

/** Nest's TCP server, with a word in our own form where Nest's has another or none. */
export class AnsweringTcpServer extends ServerTCP {
  private readonly log = new Logger('Rpc');

  /** Nest's own calls back for two kinds of failure; at any other the boot would wait forever. */
  override listen(callback: (error?: unknown) => void): void {
    this.server.once('error', callback);
    this.server.listen(this.port, this.host, () => {
      this.server.off('error', callback);
      callback();
    });
  }

  /** Nest answers an unknown pattern with a bare text. */
  override getHandlerByPattern(pattern: string): MessageHandler {
    return this.find(pattern) ?? (() => this.refuse(pattern));
  }

  /** Nest logs an unknown one as an error, all that was sent of it: a line of a megabyte, from a peer without a token. */
  override async handleEvent(pattern: string, packet: ReadPacket, context: BaseRpcContext): Promise<unknown> {
    if (this.find(pattern) !== null) return (await super.handleEvent(pattern, packet, context)) as unknown;
    this.warn(pattern);
    return undefined;
  }

  /** Nest parses each pattern as JSON first, and a name is none: a SyntaxError a message, a third of the CPU time of it. */
  private find(pattern: string): MessageHandler | null {
    return this.messageHandlers.get(pattern) ?? super.getHandlerByPattern(pattern);
  }

  private async refuse(pattern: string) {
    this.warn(pattern);
    return throwError(() => UNKNOWN_PATTERN);
  }

  private warn(pattern: string | undefined): void {
    this.log.warn('Nothing handles this pattern', { pattern: String(pattern).slice(0, LOGGED_CHARACTERS) });
  }
}
