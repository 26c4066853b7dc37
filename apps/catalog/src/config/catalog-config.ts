import { IsBoolean } from 'class-validator';
import { Variable, VerifierConfig } from '@watchword/platform';

export class CatalogConfig extends VerifierConfig {
  override readonly PORT: number = 3001;

  @Variable({ doc: 'Put some demo products and their stock into a database that is new.' })
  @IsBoolean()
  readonly SEED_DEMO_DATA: boolean = true;
}
