import { IsBoolean, IsInt, IsIP, Max, Min, ValidateIf } from 'class-validator';
import { Variable, VerifierConfig } from '@watchword/platform';

export class InventoryConfig extends VerifierConfig {
  override readonly PORT: number = 3003;

  @Variable({ doc: 'Address on which the TCP transport listens.' })
  @ValidateIf((config: InventoryConfig) => config.TCP_HOST !== 'localhost')
  @IsIP(undefined, { message: 'TCP_HOST must be an IP address or localhost' })
  readonly TCP_HOST: string = '127.0.0.1';

  @Variable({ doc: 'Port of the TCP transport.' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly TCP_PORT: number = 4003;

  @Variable({ doc: 'Whether to add demo products and their stock to a new database.' })
  @IsBoolean()
  readonly SEED_DEMO_DATA: boolean = true;
}
