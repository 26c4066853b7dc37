import type { OnModuleInit } from '@nestjs/common';
import { ConfigError } from '@watchword/platform';
import type { AuthConfig } from '../config/index.js';
import { ClientsFileError, readClientsFile } from './clients-file.js';
import type { DeclareClients } from './declare-clients.js';

/** Registers the clients of `CLIENTS_FILE` before the first request, so that the services of a new system are known from the start. */
export class ClientsBootstrap implements OnModuleInit {
  constructor(
    private readonly declareClients: DeclareClients,
    private readonly config: AuthConfig,
  ) {}

  /** @throws ConfigError if the file cannot be used */
  async onModuleInit(): Promise<void> {
    const { CLIENTS_FILE } = this.config;
    if (CLIENTS_FILE === undefined) return;
    try {
      await this.declareClients.run(await readClientsFile(CLIENTS_FILE));
    } catch (error) {
      if (error instanceof ClientsFileError) throw new ConfigError('auth', [`CLIENTS_FILE: ${error.message}`]);
      throw error;
    }
  }
}
