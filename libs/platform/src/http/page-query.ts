import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** An optional integer of a query string. */
export const IsOptionalInt = (least: number, most: number): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(least),
    Max(most),
  );

/** The number of entries in one page of a list. */
export class PageQuery {
  @IsOptionalInt(1, 200)
  readonly limit: number = 50;
}
