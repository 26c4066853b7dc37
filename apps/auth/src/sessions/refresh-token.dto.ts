import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class RefreshTokenDto {
  /** The refresh token of the last token response. Any other kind of token is an invalid grant (RFC 6749 §5.2). */
  @IsString()
  @IsNotEmpty()
  @MaxLength(16_384)
  readonly refresh_token!: string;
}
