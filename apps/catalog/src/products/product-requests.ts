import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { HasNoControlCharacters } from '@watchword/platform';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsInt,
  IsISO4217CurrencyCode,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsSku } from './sku.js';

export const MAX_PAGE = 100;
const MAX_PRICE_CENTS = 100_000_000;

export class ProductPath {
  @ApiProperty({ example: 'TENT-2P' })
  @IsSku()
  readonly sku!: string;
}

export class CreateProduct {
  @ApiProperty({ example: 'TENT-2P' })
  @IsSku()
  readonly sku!: string;

  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsString()
  @Length(1, 200)
  @HasNoControlCharacters()
  readonly name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 4000 })
  @ValidateIf(({ description }: CreateProduct) => description !== undefined && description !== null)
  @IsString()
  @MaxLength(4000)
  readonly description?: string | null;

  @ApiProperty({ minimum: 0, maximum: MAX_PRICE_CENTS, description: 'In the smallest unit of the currency' })
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  readonly priceCents!: number;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217' })
  @IsISO4217CurrencyCode()
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be in capital letters' })
  readonly currency!: string;
}

/** Fields that are missing are not changed. Only the description may be null. */
export class ChangeProduct extends PartialType(OmitType(CreateProduct, ['sku']), { skipNullProperties: false }) {}

export class ListProducts {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = 50;

  @ApiPropertyOptional({ description: '`next` of the previous page' })
  @IsOptional()
  @IsSku()
  readonly after?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Only products with these SKUs, separated by commas',
    example: 'TENT-2P,LAMP-OIL',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_PAGE)
  @IsSku({ each: true })
  readonly skus?: readonly string[];
}
