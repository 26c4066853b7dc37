import { Body, Controller, Header, HttpCode, HttpStatus, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@watchword/auth';
import type { Request } from 'express';
import { deviceOf } from '../sessions/request-origin.js';
import type { TokenResponse } from '../tokens/token-response.js';
import { LogInDto, RegisterDto } from './account.dto.js';
import { LogIn } from './log-in.js';
import { RegisterAccount, type RegisteredAccount } from './register-account.js';

/** How a person gets in. */
@ApiTags('accounts')
@Public()
@Controller('auth')
export class LoginController {
  constructor(
    private readonly registerAccount: RegisterAccount,
    private readonly logIn: LogIn,
  ) {}

  @Post('register')
  @ApiOperation({ summary: 'Make an account' })
  register(@Body() body: RegisterDto, @Req() request: Request): Promise<RegisteredAccount> {
    return this.registerAccount.run(body, ['customer'], { type: 'anonymous', ip: request.ip });
  }

  @Post('login')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Log in with email address and password' })
  login(@Body() body: LogInDto, @Req() request: Request): Promise<TokenResponse> {
    return this.logIn.run(body, deviceOf(request));
  }
}
