import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { LiveSessionGuard } from '../sessions/live-session.guard.js';
import { AdministratorGuard } from './administrator.guard.js';

/**
 * Allows administrators with a live session that started recently. Not with `@Roles`, which would trust the roles in the token.
 */
export const AdministratorOnly = (): ClassDecorator & MethodDecorator =>
  applyDecorators(UseGuards(LiveSessionGuard, AdministratorGuard), ApiBearerAuth());
