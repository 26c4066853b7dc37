import { Body, Controller, HttpCode, HttpStatus, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@watchword/auth';
import type { Request, Response } from 'express';
import { AuthConfig } from '../config/index.js';
import { deviceOf } from '../sessions/request-origin.js';
import { requestedResource } from '../sessions/requested-resource.js';
import type { TokenResponse } from '../tokens/token-response.js';
import { LogInDto, RegisterDto, ResetPasswordDto } from './account.dto.js';
import { ATTEMPT_LIMITS, type AttemptLimits } from '../attempts/attempt-limits.js';
import { networkOf } from '../attempts/network.js';
import { readDeviceCookie, writeDeviceCookie } from './device-cookie.js';
import { LogIn } from './log-in.js';
import { RegisterAccount, type RegisteredAccount } from './register-account.js';
import { ResetPassword } from './reset-password.js';

/** The endpoints for registration, login and password reset. */
@ApiTags('accounts')
@Public()
@Controller('auth')
export class LoginController {
  constructor(
    private readonly registerAccount: RegisterAccount,
    private readonly logIn: LogIn,
    private readonly resetPassword: ResetPassword,
    @Inject(ATTEMPT_LIMITS) private readonly limits: AttemptLimits,
    private readonly config: AuthConfig,
  ) {}

  @Post('register')
  @ApiOperation({ summary: 'Create an account' })
  async register(@Body() body: RegisterDto, @Req() request: Request): Promise<RegisteredAccount> {
    await this.limits.registration.begin(networkOf(request.ip));
    return this.registerAccount.run(body, ['customer'], { type: 'anonymous', ip: request.ip });
  }

  @Post('login')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Log in with email address and password; the token is for the services or (`resource`) for the issuer',
  })
  async login(
    @Body() { resource, ...credentials }: LogInDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokenResponse> {
    const wanted = { resource: requestedResource(resource) };
    const device = deviceOf(request);
    const { tokens, deviceToken } = await this.logIn.run(credentials, device, readDeviceCookie(request), wanted);
    writeDeviceCookie(response, deviceToken, this.config.AUTH_ISSUER.startsWith('https:'));
    return tokens;
  }

  @Post('password-reset')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Set a new password with a code from an administrator; ends all sessions of the account' })
  reset(@Body() body: ResetPasswordDto, @Req() request: Request): Promise<void> {
    return this.resetPassword.run(body, request.ip);
  }
}
