import { Inject, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { Lifecycle, provide } from '@watchword/platform';
import { AuthenticateClient } from '../../clients/authentication/authenticate-client.js';
import { ClientRefusals } from '../../clients/authentication/client-refusals.js';
import { ClientsModule } from '../../clients/clients.module.js';
import { AuthConfig, CLOCK } from '../../config/index.js';
import { AuthDatabase } from '../../database/auth-database.js';
import { EventFeed } from './event-feed.js';
import { FeedStore } from './feed-store.js';
import { EVENT_STREAM_PATH, serveEventStream } from './serve-event-stream.js';

/** The stream of security events for followers. */
@Module({
  imports: [ClientsModule],
  providers: [
    provide(
      FeedStore,
      [AuthDatabase, AuthConfig],
      (db, { DATABASE_URL }) => new FeedStore(db, DATABASE_URL === undefined),
    ),
    provide(EventFeed, [FeedStore]),
  ],
})
export class EventStreamModule implements NestModule {
  constructor(
    @Inject(EventFeed) private readonly feed: EventFeed,
    @Inject(AuthenticateClient) private readonly authenticateClient: AuthenticateClient,
    @Inject(ClientRefusals) private readonly refusals: ClientRefusals,
    @Inject(AuthConfig) private readonly config: AuthConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    const { feed, authenticateClient, refusals, clock } = this;
    const { draining } = this.lifecycle;
    const issuer = this.config.AUTH_ISSUER;
    const serve = serveEventStream({ feed, authenticateClient, refusals, clock, draining, issuer });
    consumer.apply(serve).forRoutes(EVENT_STREAM_PATH);
  }
}
