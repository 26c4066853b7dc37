import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsInt, IsUUID, Max, Min, NotEquals } from 'class-validator';
import { IsSku } from './sku.js';

const MAX_DELTA = 1_000_000;

/** The payload of `stock.read`. */
export class ReadStock {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsSku({ each: true })
  readonly skus!: readonly string[];
}

/** The payload of the event `stock.adjust`. */
export class AdjustStock {
  @IsUUID()
  readonly adjustmentId!: string;

  @IsSku()
  readonly sku!: string;

  @IsInt()
  @NotEquals(0)
  @Min(-MAX_DELTA)
  @Max(MAX_DELTA)
  readonly delta!: number;
}
