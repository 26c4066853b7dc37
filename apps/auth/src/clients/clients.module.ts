import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ConfigError, provide } from '@watchword/platform';
import { ATTEMPT_LIMITS } from '../attempts/attempt-limits.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { AuditLog } from '../security-events/audit-log.js';
import { Refusals } from '../security-events/refusals.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { AuthenticateClient } from './authentication/authenticate-client.js';
import { ClientRefusals } from './authentication/client-refusals.js';
import { ClientGuesses } from './authentication/client-guesses.js';
import { UsedAssertions } from './authentication/used-assertions.js';
import { ClientChanges } from './client-changes.js';
import { ClientDirectory } from './client-directory.js';
import { ClientStore } from './client-store.js';
import { ClientsFileError, readClientsFile } from './clients-file.js';
import { DeclareClients } from './declare-clients.js';
import { ManageClients } from './manage-clients.js';

@Global()
@Module({
  providers: [
    provide(ClientStore, []),
    provide(
      ClientDirectory,
      [AuthDatabase, ClientStore, CLOCK],
      (db, store, clock) => new ClientDirectory((id) => store.find(db, id), clock),
    ),
    provide(ClientChanges, [
      AuthDatabase,
      ClientStore,
      ClientDirectory,
      AccessTokenIssuer,
      SecurityEventLog,
      AuditLog,
      CLOCK,
    ]),
    provide(ManageClients, [AuthDatabase, ClientStore, ClientChanges, CLOCK]),
    provide(DeclareClients, [ClientChanges, CLOCK]),
    provide(UsedAssertions, [AuthDatabase]),
    provide(ClientGuesses, [ATTEMPT_LIMITS, CLOCK]),
    provide(
      AuthenticateClient,
      [ClientDirectory, UsedAssertions, ClientGuesses, AuthConfig, CLOCK],
      (directory, used, guesses, config, clock) =>
        new AuthenticateClient(directory, used, guesses, config.AUTH_ISSUER, clock),
    ),
    provide(ClientRefusals, [ClientDirectory, Refusals]),
  ],
  exports: [AuthenticateClient, ClientRefusals, ManageClients],
})
export class ClientsModule implements OnModuleInit {
  constructor(
    @Inject(AuthConfig) private readonly config: AuthConfig,
    @Inject(DeclareClients) private readonly declareClients: DeclareClients,
  ) {}

  /** Before the first request: the services of a system that was just put together find themselves registered. */
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
