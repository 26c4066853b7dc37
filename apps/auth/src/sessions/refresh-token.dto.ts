import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class RefreshTokenDto {
  /** The refresh token, as the last token response had it. Another kind of token is an invalid grant (RFC 6749 §5.2). */
  @IsString()
  @IsNotEmpty()
  @MaxLength(16_384)
  readonly refresh_token!: string;
}
