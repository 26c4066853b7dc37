import { applyDecorators } from '@nestjs/common';
import { HasNoControlCharacters } from '@watchword/platform';
import { isEmail, IsNotEmpty, IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';

const LONGEST_EMAIL = 254;
const LONGEST_NAME = 100;
const LONGEST_CODE = 100;
/** Much longer than the policy allows. It only limits the work; the policy gives the error. */
const LONGEST_PASSWORD = 1024;

/** With visible characters only, so that two addresses cannot look the same. Also, `isEmail` throws for a lone surrogate. */
const IsEmailAddress = () =>
  ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && /^\P{C}*$/u.test(value) && isEmail(value),
      defaultMessage: () => '$property must be an email address',
    },
  });

/** Any characters. */
const IsPassword = () => applyDecorators(IsString(), IsNotEmpty(), MaxLength(LONGEST_PASSWORD));

export class LogInDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_EMAIL)
  @HasNoControlCharacters()
  readonly email!: string;

  @IsPassword()
  readonly password!: string;

  /** `auth` for a token for the endpoints of the issuer itself (RFC 8707). */
  @IsOptional()
  @IsString()
  @MaxLength(256)
  readonly resource?: string;
}

export class RegisterDto {
  @IsEmailAddress()
  @MaxLength(LONGEST_EMAIL)
  readonly email!: string;

  /** 8 to 128 characters. */
  @IsPassword()
  readonly password!: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  @HasNoControlCharacters()
  readonly name?: string;
}

export class ResetPasswordDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_EMAIL)
  @HasNoControlCharacters()
  readonly email!: string;

  /** The code from an administrator; dashes and the case of letters are ignored. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_CODE)
  readonly code!: string;

  @IsPassword()
  readonly newPassword!: string;
}

export class ChangePasswordDto {
  @IsPassword()
  readonly currentPassword!: string;

  @IsPassword()
  readonly newPassword!: string;
}
