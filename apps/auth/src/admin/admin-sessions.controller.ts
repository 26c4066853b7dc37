import { Controller, Delete, Get, HttpCode, HttpStatus, Param, ParseUUIDPipe, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Request } from 'express';
import { EndSessions } from '../sessions/end-sessions.js';
import { ListSessions, type SessionPage } from '../sessions/list-sessions.js';
import { actorOf } from '../sessions/request-origin.js';
import { SessionsQuery } from '../sessions/sessions-query.js';
import { AdministratorOnly } from './administrator-only.js';

@ApiTags('admin')
@AdministratorOnly()
@Controller('admin/accounts/:id/sessions')
export class AdminSessionsController {
  constructor(
    private readonly listSessions: ListSessions,
    private readonly endSessions: EndSessions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The sessions of an account, page by page' })
  list(@Param('id', ParseUUIDPipe) id: string, @Query() { limit, after }: SessionsQuery): Promise<SessionPage> {
    return this.listSessions.page(id, limit, after);
  }

  @Delete()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End all sessions of an account' })
  async endAll(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    await this.endSessions.endAll(id, actorOf(token, request));
  }

  @Delete(':sid')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End a session of an account' })
  async endOne(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('sid', ParseUUIDPipe) sid: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    const ended = await this.endSessions.endOne(id, sid, actorOf(token, request));
    if (!ended) throw new Refusal('not-found', 'not_found', 'There is no such session');
  }
}
