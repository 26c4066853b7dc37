import { Controller, Get, Headers, HttpStatus, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@watchword/auth';
import type { Response } from 'express';
import { createHash } from 'node:crypto';
import { AuthConfig } from '../../config/index.js';
import { KeyRing } from './key-ring.js';

/** The public keys (RFC 7517 §5), from memory, so they are available during an outage of the database. */
@ApiTags('discovery')
@Controller('.well-known')
export class JwksController {
  constructor(
    private readonly ring: KeyRing,
    private readonly config: AuthConfig,
  ) {}

  @Public()
  @Get('jwks.json')
  @ApiOperation({ summary: 'Public keys' })
  keys(@Headers('if-none-match') known: string | undefined, @Res() response: Response): void {
    const body = JSON.stringify({ keys: this.ring.published() });
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    response.setHeader('Cache-Control', `public, max-age=${String(this.config.JWKS_MAX_AGE)}`);
    response.setHeader('ETag', etag);
    if (matches(known, etag)) response.status(HttpStatus.NOT_MODIFIED).end();
    else response.setHeader('Content-Type', 'application/json').end(body);
  }
}

/** RFC 9110 §13.1.2: weak comparison. */
function matches(known: string | undefined, etag: string): boolean {
  const tags = known?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}
