import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Put, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type VerifiedToken } from '@watchword/auth';
import type { Request } from 'express';
import { AdministerRoles } from '../accounts/administer-roles.js';
import type { Role } from '../accounts/role-store.js';
import { actorOf } from '../sessions/request-origin.js';
import { PutRoleDto, RoleNameParam } from './admin.dto.js';
import { AdministratorOnly } from './administrator-only.js';

@ApiTags('admin')
@AdministratorOnly()
@Controller('admin/roles')
export class AdminRolesController {
  constructor(private readonly roles: AdministerRoles) {}

  @Get()
  @ApiOperation({ summary: 'Roles and the scopes that they grant' })
  list(): Promise<Role[]> {
    return this.roles.list();
  }

  @Put(':name')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Create or replace a role; the sessions of its accounts get a new sid' })
  put(
    @Param() { name }: RoleNameParam,
    @Body() { description, scopes }: PutRoleDto,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    return this.roles.put({ name, description, scopes }, actorOf(token, request));
  }

  @Delete(':name')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Remove a role that no account has' })
  remove(
    @Param() { name }: RoleNameParam,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<void> {
    return this.roles.remove(name, actorOf(token, request));
  }
}
