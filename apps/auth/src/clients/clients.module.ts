import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { ConfigError, DATABASE } from '@watchword/platform';
import { ATTEMPT_LIMITS, type AttemptLimits } from '../attempts/attempt-limits.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
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
    { provide: ClientStore, useFactory: () => new ClientStore() },
    {
      provide: ClientDirectory,
      inject: [DATABASE, ClientStore, CLOCK],
      useFactory: (db: AuthDatabase, store: ClientStore, clock: Clock) =>
        new ClientDirectory((id) => store.find(db, id), clock),
    },
    {
      provide: ClientChanges,
      inject: [DATABASE, ClientStore, ClientDirectory, AccessTokenIssuer, SecurityEventLog, AuditLog, CLOCK],
      useFactory: (
        db: AuthDatabase,
        store: ClientStore,
        directory: ClientDirectory,
        accessTokens: AccessTokenIssuer,
        events: SecurityEventLog,
        audit: AuditLog,
        clock: Clock,
      ) => new ClientChanges(db, store, directory, accessTokens, events, audit, clock),
    },
    {
      provide: ManageClients,
      inject: [DATABASE, ClientStore, ClientChanges, CLOCK],
      useFactory: (db: AuthDatabase, store: ClientStore, changes: ClientChanges, clock: Clock) =>
        new ManageClients(db, store, changes, clock),
    },
    {
      provide: DeclareClients,
      inject: [ClientChanges, CLOCK],
      useFactory: (changes: ClientChanges, clock: Clock) => new DeclareClients(changes, clock),
    },
    {
      provide: AuthenticateClient,
      inject: [ClientDirectory, DATABASE, ATTEMPT_LIMITS, AuthConfig, CLOCK],
      useFactory: (
        directory: ClientDirectory,
        db: AuthDatabase,
        limits: AttemptLimits,
        { AUTH_ISSUER }: AuthConfig,
        clock: Clock,
      ) =>
        new AuthenticateClient(directory, new UsedAssertions(db), new ClientGuesses(limits, clock), AUTH_ISSUER, clock),
    },
    {
      provide: ClientRefusals,
      inject: [ClientDirectory, Refusals],
      useFactory: (directory: ClientDirectory, refusals: Refusals) => new ClientRefusals(directory, refusals),
    },
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
