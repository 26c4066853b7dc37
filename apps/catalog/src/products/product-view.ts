import { ApiProperty } from '@nestjs/swagger';
import type { Product, ProductPage } from './product.js';

/** A product in a response. */
export class ProductView implements Product {
  @ApiProperty({ example: 'TENT-2P' })
  readonly sku!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({ description: 'In the smallest unit of the currency' })
  readonly priceCents!: number;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217' })
  readonly currency!: string;
}

export class ProductPageView implements ProductPage {
  @ApiProperty({ type: [ProductView] })
  readonly items!: readonly ProductView[];

  @ApiProperty({ type: String, nullable: true, description: 'The value of `after` for the next page' })
  readonly next!: string | null;
}
