import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { AccessTokenGuard } from '../access-token.guard.js';
import { watchUnsettled } from '../contexts/rpc/unsettled-messages.js';
import { bindHandlers } from '../requirements/handler-place.js';
import { refuseOtherCopies } from '../requirements/copies.js';
import { endsWithToken, isServerSentEvents } from '../streams/ends-with-token.js';
import { interceptStreams } from '../streams/intercept-streams.js';
import { auditHandlers } from './handler-audit.js';
import { auditMicroservice } from './microservice-audit.js';
import { handlerClasses } from './handler-classes.js';

/**
 * Refuses to start an application with an unguarded handler, or one whose decorators contradict each other.
 * The requirements of each handler are computed here, once.
 */
@Injectable()
export class BootAudit implements OnModuleInit {
  constructor(
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly guard: AccessTokenGuard,
  ) {
    refuseOtherCopies();
    // Microservices are connected later, before or after init: each is watched from its creation on.
    this.modules.getRpcTargetRegistry<object>().subscribe((server) => {
      auditMicroservice(server, { config: this.config, guard: this.guard, modules: this.modules });
      watchUnsettled(server);
    });
  }

  /** Runs as soon as the instances exist: before Nest makes routes of their methods, which instrumentation may wrap. */
  bindHandlers(): void {
    for (const { type, instance, isController } of handlerClasses(this.modules)) {
      bindHandlers(type, instance);
      if (isController) interceptStreams(type, endsWithToken, isServerSentEvents);
    }
  }

  onModuleInit(): void {
    const guards = this.config.getGlobalGuards();
    if (!guards.includes(this.guard)) {
      throw new Error('AuthModule is imported but its guard is not among the global guards, so nothing is protected.');
    }
    if (guards.some((guard) => guard instanceof AccessTokenGuard && guard !== this.guard)) {
      throw new Error(
        'AuthModule.forRoot() is imported twice, so each request would need a token that is valid for both. Import it ' +
          'once, in the root module. For several issuers use forRoot({ issuers: […] }).',
      );
    }
    this.bindHandlers();
    auditHandlers(this.modules);
  }
}
