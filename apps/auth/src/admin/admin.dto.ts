import { HasNoControlCharacters, IsOptionalInt, PageQuery } from '@watchword/platform';
import { ArrayMaxSize, IsArray, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { RegisterDto } from '../accounts/account.dto.js';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
/** A scope-token of RFC 6749 §3.3, short enough to fit many into a token. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

export class AccountsQuery extends PageQuery {
  /** `next` of the previous page. */
  @IsOptional()
  @IsUUID()
  readonly after?: string;
}

export class CreateAccountDto extends RegisterDto {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(NAME, { each: true })
  readonly roles: string[] = ['customer'];
}

export class SetRolesDto {
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(NAME, { each: true })
  readonly roles!: string[];
}

export class RoleNameParam {
  @Matches(NAME)
  readonly name!: string;
}

export class PutRoleDto {
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @HasNoControlCharacters()
  readonly description: string = '';

  @IsArray()
  @ArrayMaxSize(100)
  @Matches(SCOPE, { each: true })
  readonly scopes!: string[];
}

export class AuditQuery extends PageQuery {
  /** The id of the last entry of the previous page. */
  @IsOptional()
  @IsUUID()
  readonly before?: string;
}

export class EventsQuery {
  @IsOptionalInt(1, 1000)
  readonly limit: number = 200;

  /** The number of the last known event. */
  @IsOptionalInt(0, Number.MAX_SAFE_INTEGER)
  readonly after: number = 0;
}
