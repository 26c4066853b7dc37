import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { AccessTokenGuard } from '../access-token.guard.js';
import { requirementsOf } from '../requirements/requirements.js';
import type { Handler } from '../requirements/requirements.js';
import { auditMicroservice } from './microservice-audit.js';

/**
 * Refuses to start an application with an unguarded handler, or one whose decorators contradict each other.
 * What each handler requires is worked out here once.
 */
@Injectable()
export class BootAudit implements OnModuleInit {
  constructor(
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly guard: AccessTokenGuard,
  ) {
    // Microservices are connected later, some before and some after init: each is watched from its birth.
    this.modules
      .getRpcTargetRegistry<object>()
      .subscribe((server) => auditMicroservice(server, this.config, this.guard));
  }

  onModuleInit(): void {
    const guards = this.config.getGlobalGuards();
    if (!guards.includes(this.guard)) {
      throw new Error('AuthModule is imported but its guard is not among the global guards, so nothing is protected.');
    }
    if (guards.some((guard) => guard instanceof AccessTokenGuard && guard !== this.guard)) {
      throw new Error(
        'AuthModule.forRoot() is imported twice, so each request would need a token that is good for both. Import it ' +
          'once, in the root module; several issuers go into one: forRoot({ issuers: […] }).',
      );
    }
    for (const { controllers } of this.modules.values()) {
      for (const { metatype } of controllers.values()) {
        if (typeof metatype === 'function') resolveRequirements(metatype as new (...args: never[]) => object);
      }
    }
  }
}

function resolveRequirements(controller: new (...args: never[]) => object): void {
  const prototype = controller.prototype as Record<string, Handler>;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler = prototype[name];
    if (handler !== undefined) requirementsOf(controller, handler);
  }
}
