import { PageQuery } from '@watchword/platform';
import { Transform } from 'class-transformer';
import { IsObject, IsOptional } from 'class-validator';
import { parseSessionPosition, type SessionPosition } from './session-position.js';

/** The query for a page of sessions. */
export class SessionsQuery extends PageQuery {
  /** `next` of the previous page. */
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? (parseSessionPosition(value) ?? value) : value))
  @IsObject({ message: 'after must be `next` of the previous page' })
  readonly after?: SessionPosition;
}
