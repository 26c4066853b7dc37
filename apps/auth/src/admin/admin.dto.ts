import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
/** RFC 6749 §3.3, of a length that fits many into a token. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

export class AccountsQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  readonly limit: number = 50;

  /** `next` of the page before. */
  @IsOptional()
  @IsUUID()
  readonly after?: string;
}

export class CreateAccountDto {
  @IsEmail()
  @MaxLength(254)
  readonly email!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  readonly password!: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  readonly name?: string;

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
  readonly description: string = '';

  @IsArray()
  @ArrayMaxSize(100)
  @Matches(SCOPE, { each: true })
  readonly scopes!: string[];
}

export class AuditQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  readonly limit: number = 50;

  /** Id of the last entry of the page before. */
  @IsOptional()
  @IsUUID()
  readonly before?: string;
}

export class EventsQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly limit: number = 200;

  /** Number of the last event that is known. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  readonly after: number = 0;
}
