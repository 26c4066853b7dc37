import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsInstance,
  IsInt,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsSku } from '../stock/sku.js';
import type { ReservedItem } from './reservation.js';

export class ReserveStockItem implements ReservedItem {
  @IsSku()
  readonly sku!: string;

  @IsInt()
  @Min(1)
  @Max(1000)
  readonly quantity!: number;
}

/** The payload of `stock.reserve`. */
export class ReserveStock {
  @IsUUID()
  readonly reservationId!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ArrayUnique((item: unknown) => (item instanceof ReserveStockItem ? item.sku : item), {
    message: 'items must not name a SKU twice',
  })
  // Without this, ValidateNested accepts an array in the place of an item.
  @IsInstance(ReserveStockItem, { each: true, message: 'each of items must be an object' })
  @ValidateNested({ each: true })
  @Type(() => ReserveStockItem)
  readonly items!: readonly ReserveStockItem[];
}

/** The payload of `stock.release`. */
export class ReleaseStock {
  @IsUUID()
  readonly reservationId!: string;
}

/** The payload of `stock.expired`. */
export class FindExpired {
  /** Only reservations that are older than so many seconds. */
  @IsInt()
  @Min(1)
  @Max(31_536_000)
  readonly olderThanSeconds!: number;

  @IsInt()
  @Min(1)
  @Max(200)
  readonly limit: number = 100;
}
