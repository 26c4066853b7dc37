import { applyDecorators } from '@nestjs/common';
import { HasNoControlCharacters } from '@watchword/platform';
import { isEmail, IsNotEmpty, IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';

const LONGEST_EMAIL = 254;
const LONGEST_NAME = 100;
const LONGEST_CODE = 100;
/** Far beyond what a password may have: the policy answers for it. This only bounds the work. */
const LONGEST_PASSWORD = 1024;

/** With characters that can be seen alone: none looks like another with something hidden in it, and `isEmail` throws at half a surrogate pair. */
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

  /** `auth` for a token for the issuer's own endpoints (RFC 8707). */
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

  /** From an administrator; dashes and the case of letters do not matter. */
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
