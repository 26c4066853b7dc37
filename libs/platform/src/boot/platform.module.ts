import { Module, type DynamicModule, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, ApplicationConfig } from '@nestjs/core';
import { AppConfig } from '../config/app-config.js';
import { bootConfig } from '../config/boot-config.js';
import { VerifierConfig } from '../config/verifier-config.js';
import { HealthController } from '../health/health.controller.js';
import { KeysCheck } from '../health/keys-check.js';
import { HealthRegistry } from '../health/health-registry.js';
import { RevocationsCheck } from '../health/revocations-check.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { createValidationPipe } from '../http/validation-pipe.js';
import { MetricsController } from '../metrics/metrics.controller.js';
import { Metrics } from '../metrics/metrics.js';
import { rpcScope } from '../rpc/rpc-scope.js';
import { APP_NAME } from '../config/app-name.js';
import { Lifecycle } from '../health/lifecycle.js';

export interface PlatformModuleOptions {
  /** The app's name: its `.env.<name>`, its data directory, its name in logs. */
  readonly name: string;
  /** Validated at boot, injectable by its class. */
  readonly config: Type<AppConfig>;
}

/**
 * What every app has: configuration, validation, problem documents, health, metrics.
 * Must be the first import of the app's module: Nest asks the filters of later modules first, and this one takes every error.
 */
@Module({})
export class PlatformModule implements OnModuleInit {
  constructor(
    private readonly application: ApplicationConfig,
    metrics: Metrics,
  ) {
    // Read when a microservice is connected, which is before any lifecycle hook.
    application.registerPreRequestHook(rpcScope(metrics));
  }

  static forRoot({ name, config }: PlatformModuleOptions): DynamicModule {
    const configuration = configProviders(name, config);
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: APP_NAME, useValue: name },
        ...configuration,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
        HealthRegistry,
        KeysCheck,
        RevocationsCheck,
        Lifecycle,
        Metrics,
      ],
      exports: [APP_NAME, ...configuration.map(tokenOf), HealthRegistry, Lifecycle, Metrics],
    };
  }

  onModuleInit(): void {
    const [first] = this.application.getGlobalFilters();
    if (!(first instanceof ProblemFilter)) {
      throw new Error('Import PlatformModule first: its filter takes every error, so the others must come after it');
    }
  }
}

/** Under the app's own class, and under those that it extends, for the modules that know only these. */
function configProviders(name: string, config: Type<AppConfig>): Provider[] {
  const bases = [AppConfig, VerifierConfig].filter((base) => base !== config && config.prototype instanceof base);
  return [
    { provide: config, useFactory: () => bootConfig(name, config) },
    ...bases.map((base) => ({ provide: base, useExisting: config })),
  ];
}

const tokenOf = (provider: Provider) => (typeof provider === 'function' ? provider : provider.provide);
