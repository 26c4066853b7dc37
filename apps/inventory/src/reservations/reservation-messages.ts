import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
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
  @ArrayUnique(({ sku }: ReserveStockItem) => sku, { message: 'items must not name a SKU twice' })
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
  /** Seconds since the reservation was made. */
  @IsInt()
  @Min(1)
  @Max(31_536_000)
  readonly olderThanSeconds!: number;

  @IsInt()
  @Min(1)
  @Max(200)
  readonly limit: number = 100;
}
