import { IsOptional, IsString, MaxLength } from 'class-validator';
import { RefreshTokenDto } from './refresh-token.dto.js';

export class RefreshDto extends RefreshTokenDto {
  /** `auth` for a token for the endpoints of the issuer itself (RFC 8707). */
  @IsOptional()
  @IsString()
  @MaxLength(256)
  readonly resource?: string;
}
