import type { ServiceCredentials } from '@watchword/auth/clients';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, Min } from 'class-validator';
import { IsHttpUrl, Variable, VerifierConfig } from '@watchword/platform';

export class OrdersConfig extends VerifierConfig {
  override readonly PORT: number = 3002;

  @Variable({ doc: 'Base URL of catalog.' })
  @IsHttpUrl()
  readonly CATALOG_URL: string = 'http://127.0.0.1:3001';

  @Variable({ doc: 'Host of the TCP transport of inventory.' })
  @IsString()
  @IsNotEmpty()
  readonly INVENTORY_HOST: string = '127.0.0.1';

  @Variable({ doc: 'Port of the TCP transport of inventory.' })
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly INVENTORY_PORT: number = 4003;

  @Variable({
    doc: 'Milliseconds that a call to catalog or inventory may take, including the token exchange for it.',
  })
  @IsInt()
  @Min(1)
  @Max(60_000)
  readonly DOWNSTREAM_TIMEOUT_MS: number = 5_000;

  @Variable({
    doc: 'URL of the token endpoint of the issuer, if it is not below AUTH_ISSUER (for example inside a private network).',
  })
  @IsOptional()
  @IsHttpUrl()
  readonly AUTH_TOKEN_ENDPOINT?: string;

  @Variable({ doc: 'Seconds after which an order that was never completed counts as abandoned.' })
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly ABANDONED_AFTER_SECONDS: number = 300;

  @Variable({ doc: 'Seconds between two searches for abandoned orders.' })
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly ABANDONED_CHECK_SECONDS: number = 60;

  /** Undefined if no client is configured. */
  get serviceCredentials(): ServiceCredentials | undefined {
    const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = this;
    if (clientId === undefined || clientSecret === undefined) return undefined;
    const tokenEndpoint = this.AUTH_TOKEN_ENDPOINT ?? this.atIssuer('/oauth/token');
    return { clientId, clientSecret, tokenEndpoint };
  }
}
