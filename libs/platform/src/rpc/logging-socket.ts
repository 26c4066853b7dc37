import { Logger } from '@nestjs/common';
import { StrictJsonSocket } from '@watchword/auth/microservices';

const logger = new Logger('Rpc');

/** The socket of our TCP server. Logs why it refused a packet, but nothing of the packet itself. */
export class LoggingSocket extends StrictJsonSocket {
  protected override refuse(id: unknown, reason: string): void {
    logger.warn('A packet was refused', { reason });
    super.refuse(id, reason);
  }
}
