import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuthError, CurrentUser, type VerifiedToken } from '@watchword/auth';
import { DATABASE } from '@watchword/platform';
import type { Request } from 'express';
import type { AuthDatabase } from '../database/auth-database.js';
import { CurrentSession } from '../sessions/current-session.js';
import { LiveSessionGuard } from '../sessions/live-session.guard.js';
import type { LiveSession } from '../sessions/live-token-store.js';
import { actorOf } from '../sessions/request-origin.js';
import { ChangePasswordDto } from './account.dto.js';
import { AccountStore } from './account-store.js';
import { ChangePassword } from './change-password.js';

/** The own account, in the response for its person. */
export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  /** The scopes of the roles. */
  readonly scopes: readonly string[];
  readonly createdAt: string;
}

/** The endpoints for a person's own account. */
@ApiTags('accounts')
@ApiBearerAuth()
@UseGuards(LiveSessionGuard)
@Controller('auth')
export class AccountController {
  constructor(
    @Inject(DATABASE) private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly changePassword: ChangePassword,
  ) {}

  @Get('me')
  @ApiOperation({ summary: 'Who am I?' })
  async me(@CurrentUser() token: VerifiedToken, @CurrentSession() session: LiveSession): Promise<Profile> {
    const account = await this.accounts.findById(this.db, token.subject);
    if (account === undefined) throw new AuthError('token_revoked', { reason: 'its account was deleted' });
    const { id, email, name, createdAt } = account;
    const { roles, scopes } = session;
    return { id, email, name, roles, scopes, createdAt: createdAt.toISOString() };
  }

  @Post('password')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Change my password; ends all of my sessions' })
  password(
    @CurrentUser() token: VerifiedToken,
    @Body() body: ChangePasswordDto,
    @Req() request: Request,
  ): Promise<void> {
    return this.changePassword.run(token.subject, body.currentPassword, body.newPassword, actorOf(token, request));
  }
}
