import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** An integer of a query string, if it is there. */
export const IsOptionalInt = (least: number, most: number): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(least),
    Max(most),
  );

/** How many entries of a list one answer holds. */
export class PageQuery {
  @IsOptionalInt(1, 200)
  readonly limit: number = 50;
}
