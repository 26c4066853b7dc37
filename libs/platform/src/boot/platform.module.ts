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
  /** The app's name: used for `.env.<name>`, the data directory and the logs. */
  readonly name: string;
  /** The configuration class. It is validated at startup and injectable. */
  readonly config: Type<AppConfig>;
}

/**
 * What all apps have in common: configuration, validation, problem documents, health, metrics.
 * It must be the first import of the root module: Nest asks the filters of later modules first, and this one handles all errors.
 */
@Module({})
export class PlatformModule implements OnModuleInit {
  constructor(
    private readonly application: ApplicationConfig,
    metrics: Metrics,
  ) {
    // Nest reads these hooks when a microservice is connected, before any lifecycle hook.
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
      throw new Error(
        'Import PlatformModule first: its filter handles all errors, so the filters of other modules must come after it',
      );
    }
  }
}

/** Provides the configuration under the app's own class, and under its base classes for modules that only know these. */
function configProviders(name: string, config: Type<AppConfig>): Provider[] {
  const bases = [AppConfig, VerifierConfig].filter((base) => base !== config && config.prototype instanceof base);
  return [
    { provide: config, useFactory: () => bootConfig(name, config) },
    ...bases.map((base) => ({ provide: base, useExisting: config })),
  ];
}

const tokenOf = (provider: Provider) => (typeof provider === 'function' ? provider : provider.provide);
