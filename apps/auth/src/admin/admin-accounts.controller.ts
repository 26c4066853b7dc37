import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  ParseUUIDPipe,
  Post,
  Put,
  Query,
  Req,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Request } from 'express';
import { type AccountPage, type AccountView, AccountViewStore } from '../accounts/account-view-store.js';
import { AdministerAccount } from '../accounts/administer-account.js';
import { IssueResetCode, type IssuedResetCode } from '../accounts/issue-reset-code.js';
import { RegisterAccount, type RegisteredAccount } from '../accounts/register-account.js';
import { actorOf } from '../sessions/request-origin.js';
import { AccountsQuery, CreateAccountDto, SetRolesDto } from './admin.dto.js';
import { AdministratorOnly } from './administrator-only.js';

@ApiTags('admin')
@AdministratorOnly()
@Controller('admin/accounts')
export class AdminAccountsController {
  constructor(
    private readonly views: AccountViewStore,
    private readonly register: RegisterAccount,
    private readonly administer: AdministerAccount,
    private readonly issueResetCode: IssueResetCode,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Accounts, page by page' })
  list(@Query() { limit, after }: AccountsQuery): Promise<AccountPage> {
    return this.views.page(limit, after);
  }

  @Post()
  @ApiOperation({ summary: 'Create an account for somebody' })
  create(
    @Body() { roles, ...registration }: CreateAccountDto,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<RegisteredAccount> {
    return this.register.run(registration, roles, actorOf(token, request));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One account' })
  async find(@Param('id', ParseUUIDPipe) id: string): Promise<AccountView> {
    const account = await this.views.find(id);
    if (account === undefined) throw new Refusal('not-found', 'not_found', 'There is no such account');
    return account;
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Delete an account and end its sessions; its email address can be used again' })
  delete(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    return this.administer.delete(id, actorOf(token, request));
  }

  @Post(':id/disable')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Disable an account and end its sessions' })
  disable(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    return this.administer.disable(id, actorOf(token, request));
  }

  @Post(':id/enable')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Enable an account again' })
  enable(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    return this.administer.enable(id, actorOf(token, request));
  }

  @Post(':id/password-reset')
  @ApiOperation({ summary: 'Create a code, shown once, for somebody who forgot their password to set a new one' })
  resetPassword(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<IssuedResetCode> {
    return this.issueResetCode.run(id, actorOf(token, request));
  }

  @Put(':id/roles')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Set the roles of an account; its sessions get a new sid' })
  setRoles(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { roles }: SetRolesDto,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    return this.administer.setRoles(id, roles, actorOf(token, request));
  }
}
