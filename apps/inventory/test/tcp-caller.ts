import { ClientTCP } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

/** Calls an app over Nest's TCP transport with whatever metadata a test wants. */
export class TcpCaller {
  constructor(private readonly port: number) {}

  /** Rejects with the payload that a refused call was answered with. */
  send(pattern: string, data: unknown, metadata?: Record<string, string>): Promise<unknown> {
    return this.connected(metadata, (client) =>
      lastValueFrom(client.send<unknown>(pattern, data), { defaultValue: undefined }),
    );
  }

  async emit(pattern: string, data: unknown, metadata?: Record<string, string>): Promise<void> {
    await this.connected(metadata, (client) =>
      lastValueFrom(client.emit<unknown>(pattern, data), { defaultValue: undefined }),
    );
  }

  private async connected<T>(
    metadata: Record<string, string> | undefined,
    work: (client: ClientTCP) => Promise<T>,
  ): Promise<T> {
    const client = new ClientTCP({ host: '127.0.0.1', port: this.port });
    if (metadata !== undefined) {
      client.setOnDispatchHook((packet) => {
        packet.metadata = metadata;
      });
    }
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }
}
