import { Body, Controller, HttpCode, HttpStatus, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@watchword/auth';
import type { Request } from 'express';
import { FIRST_PARTY_CLIENT } from '../clients/first-party-client.js';
import type { TokenResponse } from '../tokens/token-response.js';
import { EndByRefreshToken } from './end-by-refresh-token.js';
import { RefreshDto } from './refresh.dto.js';
import { RefreshTokenDto } from './refresh-token.dto.js';
import { requestedResource } from './requested-resource.js';
import { RotateRefreshToken } from './rotate-refresh-token.js';

/** The endpoints for the refresh token of a person's device. */
@ApiTags('sessions')
@Public()
@Controller('auth')
export class RefreshController {
  constructor(
    private readonly rotateRefreshToken: RotateRefreshToken,
    private readonly endByRefreshToken: EndByRefreshToken,
  ) {}

  @Post('refresh')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens, for the services or (`resource`) for the issuer' })
  async refresh(@Body() { refresh_token, resource }: RefreshDto): Promise<TokenResponse> {
    const wanted = { resource: requestedResource(resource) };
    return this.rotateRefreshToken.run(refresh_token, FIRST_PARTY_CLIENT, wanted);
  }

  /** Always the same response, so that it does not reveal whether the token was valid. */
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End the session of a refresh token' })
  async logout(@Body() { refresh_token }: RefreshTokenDto, @Req() request: Request): Promise<void> {
    await this.endByRefreshToken.run(refresh_token, FIRST_PARTY_CLIENT, { type: 'anonymous', ip: request.ip });
  }
}
