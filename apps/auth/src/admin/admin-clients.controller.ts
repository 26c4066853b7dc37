import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type VerifiedToken } from '@watchword/auth';
import type { Request } from 'express';
import { ClientDefinition } from '../clients/client-definition.js';
import { type ClientView, type ClientViewWithSecret, clientView, withSecret } from '../clients/client-view.js';
import { ManageClients } from '../clients/manage-clients.js';
import { actorOf } from '../sessions/request-origin.js';
import { ChangeClientDto, ClientKeysDto, ClientPath, ClientSecretPath } from './admin-clients.dto.js';
import { AdministratorOnly } from './administrator-only.js';

/** OAuth clients: services and third parties. A secret is only in the response to the request that creates it. */
@ApiTags('admin')
@AdministratorOnly()
@Controller('admin/clients')
export class AdminClientsController {
  constructor(private readonly clients: ManageClients) {}

  @Get()
  @ApiOperation({ summary: 'Registered clients' })
  async list(): Promise<ClientView[]> {
    return (await this.clients.list()).map((client) => clientView(client));
  }

  @Get(':clientId')
  @ApiOperation({ summary: 'One client' })
  async read(@Param() { clientId }: ClientPath): Promise<ClientView> {
    return clientView(await this.clients.read(clientId));
  }

  @Post()
  @ApiOperation({ summary: 'Register a client; shows its secret, unless it has public keys' })
  async create(
    @Body() definition: ClientDefinition,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientViewWithSecret> {
    return withSecret(await this.clients.create(definition, actorOf(token, request)));
  }

  @Patch(':clientId')
  @ApiOperation({ summary: 'Change what a client may do; revokes tokens with permissions that it loses' })
  async change(
    @Param() { clientId }: ClientPath,
    @Body() changes: ChangeClientDto,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientView> {
    return clientView(await this.clients.change(clientId, changes, actorOf(token, request)));
  }

  @Post(':clientId/secrets')
  @ApiOperation({ summary: 'Add a second secret and show it; the first one stays valid' })
  async addSecret(
    @Param() { clientId }: ClientPath,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientViewWithSecret> {
    return withSecret(await this.clients.addSecret(clientId, actorOf(token, request)));
  }

  @Delete(':clientId/secrets/:secretId')
  @ApiOperation({ summary: 'Remove a secret; revokes the tokens that were obtained with it' })
  async removeSecret(
    @Param() { clientId, secretId }: ClientSecretPath,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientView> {
    return clientView(await this.clients.removeSecret(clientId, secretId, actorOf(token, request)));
  }

  @Put(':clientId/jwks')
  @ApiOperation({
    summary:
      'Set the public keys for private_key_jwt; if one is removed, revokes the tokens that were obtained with them',
  })
  async setKeys(
    @Param() { clientId }: ClientPath,
    @Body() jwks: ClientKeysDto,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientView> {
    return clientView(await this.clients.setKeys(clientId, jwks, actorOf(token, request)));
  }

  @Delete(':clientId/jwks')
  @ApiOperation({ summary: 'Remove the public keys; revokes the tokens that were obtained with them' })
  async removeKeys(
    @Param() { clientId }: ClientPath,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientView> {
    return clientView(await this.clients.removeKeys(clientId, actorOf(token, request)));
  }

  @Post(':clientId/disable')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Disable a client, and revoke its tokens' })
  async disable(
    @Param() { clientId }: ClientPath,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientView> {
    return clientView(await this.clients.disable(clientId, actorOf(token, request)));
  }

  @Post(':clientId/enable')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Enable a disabled client again' })
  async enable(
    @Param() { clientId }: ClientPath,
    @CurrentUser() token: VerifiedToken,
    @Req() request: Request,
  ): Promise<ClientView> {
    return clientView(await this.clients.enable(clientId, actorOf(token, request)));
  }
}
