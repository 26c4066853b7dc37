import { IsOptional, IsString, MaxLength } from 'class-validator';
import { RefreshTokenDto } from './refresh-token.dto.js';

export class RefreshDto extends RefreshTokenDto {
  /** `auth` for a token for the issuer's own endpoints (RFC 8707). */
  @IsOptional()
  @IsString()
  @MaxLength(256)
  readonly resource?: string;
}
