import { Controller, Get, HttpCode, HttpStatus, Param, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type VerifiedToken } from '@watchword/auth';
import type { Request } from 'express';
import { AuthConfig } from '../config/index.js';
import { type KeyView, OperateKeys, refuseWithoutKeys } from '../keys/rotation/operate-keys.js';
import { actorOf } from '../sessions/request-origin.js';
import { AdministratorOnly } from './administrator-only.js';

/** Signing keys. Every response is the current list. */
@ApiTags('admin')
@AdministratorOnly()
@Controller('admin/keys')
export class AdminKeysController {
  constructor(
    private readonly keys: OperateKeys,
    private readonly config: AuthConfig,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Signing keys with their state and times' })
  list(): Promise<KeyView[]> {
    return this.keys.list();
  }

  @Post('rotate')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Publish the next key; it becomes active after KEY_PUBLISH_AHEAD' })
  rotate(@CurrentUser() token: VerifiedToken, @Req() request: Request): Promise<KeyView[]> {
    refuseWithoutKeys(this.config.JWT_SIGNING);
    return this.keys.rotate(actorOf(token, request));
  }

  @Post(':kid/retire')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Retire the active key as soon as its successor may become active' })
  retire(@Param('kid') kid: string, @CurrentUser() token: VerifiedToken, @Req() request: Request): Promise<KeyView[]> {
    refuseWithoutKeys(this.config.JWT_SIGNING);
    return this.keys.retire(kid, actorOf(token, request));
  }

  @Post(':kid/compromise')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Withdraw a key: it is removed from the key set at once, and the issuer refuses its tokens',
  })
  compromise(
    @Param('kid') kid: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<KeyView[]> {
    refuseWithoutKeys(this.config.JWT_SIGNING);
    return this.keys.compromise(kid, actorOf(token, request));
  }
}
