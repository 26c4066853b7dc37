import { Logger, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';
import { HealthRegistry } from '../health/health-registry.js';
import { APP_NAME } from '../config/app-name.js';
import { DATABASE, type DatabaseSchema } from './database.js';
import type { OpenDatabase } from './database-options.js';
import { openDatabase } from './open-database.js';

export interface DatabaseModuleOptions {
  /** `import * as schema from './database/schema.js'` */
  readonly schema: DatabaseSchema;
  /** `join(import.meta.dirname, 'database/migrations')`, in a file at the root of the app's sources. */
  readonly migrationsFolder: string;
}

const OPEN_DATABASE = Symbol('OpenDatabase');

/** Opens and migrates the app's database at startup, adds it to the readiness checks, and closes it last. */
@Module({})
export class DatabaseModule {
  static forRoot({ schema, migrationsFolder }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: OPEN_DATABASE,
          inject: [AppConfig, APP_NAME],
          useFactory: (config: AppConfig, app: string) => {
            const logger = new Logger('Database');
            return openDatabase({
              app,
              schema,
              migrationsFolder,
              url: config.DATABASE_URL,
              poolSize: config.DATABASE_POOL_SIZE,
              dataDirectory: config.DATA_DIR,
              warn: (message) => logger.warn(message),
            });
          },
        },
        { provide: DATABASE, inject: [OPEN_DATABASE], useFactory: ({ db }: OpenDatabase) => db },
        {
          provide: DatabaseLifecycle,
          inject: [OPEN_DATABASE, HealthRegistry],
          useFactory: (database: OpenDatabase, health: HealthRegistry) => new DatabaseLifecycle(database, health),
        },
      ],
      exports: [DATABASE],
    };
  }
}

/** Closes the database after everything else was stopped. */
class DatabaseLifecycle implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Database');

  constructor(
    private readonly database: OpenDatabase,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('database', () => this.check());
  }

  /** The details are logged only: the readiness endpoint is public. */
  private async check(): Promise<void> {
    try {
      await this.database.ping();
    } catch (error) {
      this.logger.warn('The database does not answer', error);
      throw new Error('the database does not answer', { cause: error });
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}
