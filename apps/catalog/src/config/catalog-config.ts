import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { Variable, VerifierConfig } from '@watchword/platform';

export class CatalogConfig extends VerifierConfig {
  @Variable({ doc: 'Port of HTTP. 0 takes any free one.' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  override readonly PORT: number = 3001;

  @Variable({ doc: 'Put some demo products and their stock into a database that is new.' })
  @IsBoolean()
  readonly SEED_DEMO_DATA: boolean = true;
}
