import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsInstance,
  IsInt,
  IsOptional,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { RequestedItem } from './order.js';
import { IsSku } from './sku.js';

const MAX_ITEMS = 50;
const MAX_QUANTITY = 1000;
const MAX_PAGE = 100;

export class OrderPath {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  readonly id!: string;
}

export class PlaceOrderItem implements RequestedItem {
  @ApiProperty({ example: 'TENT-2P' })
  @IsSku()
  readonly sku!: string;

  @ApiProperty({ minimum: 1, maximum: MAX_QUANTITY })
  @IsInt()
  @Min(1)
  @Max(MAX_QUANTITY)
  readonly quantity!: number;
}

export class PlaceOrderBody {
  @ApiProperty({ type: [PlaceOrderItem], minItems: 1, maxItems: MAX_ITEMS })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ITEMS)
  @ArrayUnique((item: unknown) => (item instanceof PlaceOrderItem ? item.sku : item), {
    message: 'items must not name a SKU twice',
  })
  // Without this, ValidateNested accepts an array in the place of an item.
  @IsInstance(PlaceOrderItem, { each: true, message: 'each of items must be an object' })
  @ValidateNested({ each: true })
  @Type(() => PlaceOrderItem)
  readonly items!: readonly PlaceOrderItem[];
}

export class ListOrders {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: 50 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = 50;

  @ApiPropertyOptional({ description: '`next` of the previous page', format: 'uuid' })
  @IsOptional()
  @IsUUID()
  readonly after?: string;
}
