import { IsBoolean } from 'class-validator';
import { Variable, VerifierConfig } from '@watchword/platform';

export class CatalogConfig extends VerifierConfig {
  override readonly PORT: number = 3001;

  @Variable({ doc: 'Whether to add demo products and their stock to a new database.' })
  @IsBoolean()
  readonly SEED_DEMO_DATA: boolean = true;
}
