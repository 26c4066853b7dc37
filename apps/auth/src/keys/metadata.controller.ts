import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@watchword/auth';
import { AuthConfig } from '../config/index.js';

/** What the issuer is and where (RFC 8414 §2). */
@ApiTags('discovery')
@Controller('.well-known')
export class MetadataController {
  constructor(private readonly config: AuthConfig) {}

  @Public()
  @Get(['oauth-authorization-server', 'openid-configuration'])
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: "The issuer's metadata" })
  metadata(): Readonly<Record<string, unknown>> {
    const issuer = this.config.AUTH_ISSUER;
    return { issuer, jwks_uri: `${issuer}/.well-known/jwks.json`, response_types_supported: [] };
  }
}
