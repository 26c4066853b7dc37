import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Query,
  Req,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import { IsIn, IsOptional } from 'class-validator';
import type { Request } from 'express';
import { EndSessions } from './end-sessions.js';
import { ListSessions, type SessionPage, type SessionView } from './list-sessions.js';
import { LiveSessionGuard } from './live-session.guard.js';
import { actorOf } from './request-origin.js';
import { SessionsQuery } from './sessions-query.js';

type OwnSessionPage = SessionPage<SessionView & { readonly current: boolean }>;

class EndSessionsQuery {
  /** `current` keeps the session of this request. */
  @IsOptional()
  @IsIn(['current'])
  readonly except?: 'current';
}

/** The endpoints for a person's own sessions. */
@ApiTags('sessions')
@ApiBearerAuth()
@UseGuards(LiveSessionGuard)
@Controller('auth/sessions')
export class SessionsController {
  constructor(
    private readonly listSessions: ListSessions,
    private readonly endSessions: EndSessions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'My sessions, page by page' })
  async list(@CurrentUser() token: VerifiedToken, @Query() { limit, after }: SessionsQuery): Promise<OwnSessionPage> {
    const { sessions, ...page } = await this.listSessions.page(token.subject, limit, after);
    return { ...page, sessions: sessions.map((session) => ({ ...session, current: session.id === token.sessionId })) };
  }

  @Delete()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End all of my sessions, or all others' })
  async endAll(
    @CurrentUser() token: VerifiedToken,
    @Query() { except }: EndSessionsQuery,
    @Req() request: Request,
  ): Promise<void> {
    const actor = actorOf(token, request);
    if (except === 'current' && token.sessionId !== undefined) {
      await this.endSessions.endOthers(token.subject, token.sessionId, actor);
    } else {
      await this.endSessions.endAll(token.subject, actor);
    }
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'End one of my sessions' })
  async endOne(
    @CurrentUser() token: VerifiedToken,
    @Param('id', ParseUUIDPipe) id: string,
    @Req() request: Request,
  ): Promise<void> {
    const ended = await this.endSessions.endOne(token.subject, id, actorOf(token, request));
    if (!ended) throw new Refusal('not-found', 'not_found', 'You have no such session');
  }
}
