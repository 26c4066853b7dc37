import { Logger } from '@nestjs/common';
import { StrictJsonSocket } from '@watchword/auth/microservices';

const logger = new Logger('Rpc');

/** The socket of our TCP server: says in the log why it refused a packet. Of the packet itself it says nothing. */
export class LoggingSocket extends StrictJsonSocket {
  protected override refuse(id: unknown, reason: string): void {
    logger.warn('A packet was refused', { reason });
    super.refuse(id, reason);
  }
}
