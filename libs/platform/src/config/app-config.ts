import { IsIn, IsInt, IsIP, IsNotEmpty, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IsProxyList } from './is-proxy-list.js';
import { Variable } from './variable.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment variables of every app. An app extends this class with its own variables. */
export class AppConfig {
  @Variable({ doc: 'development, test or production. Production refuses defaults that are for development only.' })
  @IsIn(['development', 'test', 'production'])
  readonly NODE_ENV: 'development' | 'test' | 'production' = 'development';

  @Variable({ doc: 'Address to listen on. 127.0.0.1 is reachable from this machine only; 0.0.0.0 from everywhere.' })
  @ValidateIf((config: AppConfig) => config.HOST !== 'localhost')
  @IsIP(undefined, { message: 'HOST must be an IP address or localhost' })
  readonly HOST: string = '127.0.0.1';

  @Variable({ doc: 'HTTP port. 0 uses any free port.' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly PORT: number = 3000;

  @Variable({ doc: 'PostgreSQL server of this app. Without it, the app uses an embedded database.', secret: true })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'DATABASE_URL must be a URL that begins with postgres://' })
  readonly DATABASE_URL?: string;

  @Variable({ doc: 'Maximum number of connections of this process to PostgreSQL.' })
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly DATABASE_POOL_SIZE: number = 10;

  @Variable({ doc: 'Directory of the embedded databases. Each app has a subdirectory.' })
  @IsString()
  @IsNotEmpty()
  readonly DATA_DIR: string = '.data';

  @Variable({ doc: 'Lowest level that is logged: fatal, error, warn, log, debug or verbose.' })
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: LogLevel = 'log';

  @Variable({ doc: 'json, text, or auto: text in a terminal, json elsewhere and in production.' })
  @IsIn(['auto', 'json', 'text'])
  readonly LOG_FORMAT: 'auto' | 'json' | 'text' = 'auto';

  @Variable({ doc: 'Milliseconds that a shutdown waits for running requests before it aborts them.' })
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly SHUTDOWN_TIMEOUT_MS: number = 10_000;

  @Variable({
    doc: 'Milliseconds between "not ready" and the end of listening, so that load balancers notice. Default 5000 in production, else 0.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly SHUTDOWN_DELAY_MS?: number;

  @Variable({ doc: 'Maximum size of a request body, in bytes. A larger one is answered with 413.' })
  @IsInt()
  @Min(1024)
  @Max(16_777_216)
  readonly BODY_LIMIT_BYTES: number = 102_400;

  @Variable({
    doc: 'Proxies whose X-Forwarded-* headers are trusted: addresses or CIDR blocks, separated by commas. None by default.',
  })
  @IsProxyList()
  readonly TRUSTED_PROXIES: string = '';

  /** {@link SHUTDOWN_DELAY_MS}, or its default. */
  get shutdownDelayMs(): number {
    return this.SHUTDOWN_DELAY_MS ?? (this.NODE_ENV === 'production' ? 5_000 : 0);
  }

  /** {@link TRUSTED_PROXIES} as a list. */
  get trustedProxies(): readonly string[] {
    return this.TRUSTED_PROXIES.split(',')
      .map((address) => address.trim())
      .filter((address) => address !== '');
  }
}
