import { IsEmail, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

const LONGEST_EMAIL = 254;
/** Far beyond what a password may have: the policy answers for it. This only bounds the work. */
const LONGEST_TEXT = 1024;

export class LogInDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_EMAIL)
  readonly email!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_TEXT)
  readonly password!: string;
}

export class RegisterDto {
  @IsEmail()
  @MaxLength(LONGEST_EMAIL)
  readonly email!: string;

  /** 8 to 128 characters, any characters. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_TEXT)
  readonly password!: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  readonly name?: string;
}

export class ChangePasswordDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_TEXT)
  readonly currentPassword!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_TEXT)
  readonly newPassword!: string;
}
