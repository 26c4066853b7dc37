import { Module } from '@nestjs/common';
import { provide } from '@watchword/platform';
import { ATTEMPT_LIMITS } from '../attempts/attempt-limits.js';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { AuditLog } from '../security-events/audit-log.js';
import { Refusals } from '../security-events/refusals.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { AuthenticateClient } from './authentication/authenticate-client.js';
import { ClientRefusals } from './authentication/client-refusals.js';
import { ClientGuesses } from './authentication/client-guesses.js';
import { UsedAssertionStore } from './authentication/used-assertion-store.js';
import { ClientChanges } from './client-changes.js';
import { ClientDirectory } from './client-directory.js';
import { ClientStore } from './client-store.js';
import { ClientsBootstrap } from './clients-bootstrap.js';
import { DeclareClients } from './declare-clients.js';
import { ManageClients } from './manage-clients.js';

@Module({
  imports: [AttemptsModule, SecurityEventsModule, TokensModule],
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
    provide(ClientsBootstrap, [DeclareClients, AuthConfig]),
    provide(UsedAssertionStore, [AuthDatabase]),
    provide(ClientGuesses, [ATTEMPT_LIMITS, CLOCK]),
    provide(
      AuthenticateClient,
      [ClientDirectory, UsedAssertionStore, ClientGuesses, AuthConfig, CLOCK],
      (directory, used, guesses, config, clock) =>
        new AuthenticateClient(directory, used, guesses, config.AUTH_ISSUER, clock),
    ),
    provide(ClientRefusals, [ClientDirectory, Refusals]),
  ],
  exports: [AuthenticateClient, ClientRefusals, ManageClients],
})
export class ClientsModule {}
