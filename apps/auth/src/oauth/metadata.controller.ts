import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@watchword/auth';
import { AuthConfig } from '../config/index.js';
import { authorizationServerMetadata, type AuthorizationServerMetadata } from './authorization-server-metadata.js';

/** The metadata of the issuer, from memory, so it is available during an outage of the database. */
@ApiTags('discovery')
@Controller('.well-known')
export class MetadataController {
  constructor(private readonly config: AuthConfig) {}

  @Public()
  @Get(['oauth-authorization-server', 'openid-configuration'])
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: "The issuer's metadata" })
  metadata(): AuthorizationServerMetadata {
    return authorizationServerMetadata(this.config);
  }
}
