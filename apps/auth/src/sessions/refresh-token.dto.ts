import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class RefreshTokenDto {
  /** The refresh token, as the last token response had it. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  readonly refresh_token!: string;
}
