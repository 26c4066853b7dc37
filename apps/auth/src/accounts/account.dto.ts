import { applyDecorators } from '@nestjs/common';
import { IsEmail, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const LONGEST_EMAIL = 254;
const LONGEST_NAME = 100;
/** Far beyond what a password may have: the policy answers for it. This only bounds the work. */
const LONGEST_PASSWORD = 1024;

/** Of what is kept as text: PostgreSQL takes no NUL, and a name has one line. */
export const HasNoControlCharacters = () =>
  Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' });

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
}

export class RegisterDto {
  @IsEmail()
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

export class ChangePasswordDto {
  @IsPassword()
  readonly currentPassword!: string;

  @IsPassword()
  readonly newPassword!: string;
}
