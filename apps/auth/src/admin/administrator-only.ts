import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { LiveSessionGuard } from '../sessions/live-session.guard.js';
import { AdministratorGuard } from './administrator.guard.js';

/**
 * For administrators, in a session of their own that has not ended and began a short while ago. Without `@Roles`, which
 * would believe the token.
 */
export const AdministratorOnly = (): ClassDecorator & MethodDecorator =>
  applyDecorators(UseGuards(LiveSessionGuard, AdministratorGuard), ApiBearerAuth());
