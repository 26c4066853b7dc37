import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { Roles } from '@watchword/auth';
import { LiveSessionGuard } from '../sessions/live-session.guard.js';

/** For administrators, in a session of their own that has not ended. */
export const AdministratorOnly = (): ClassDecorator & MethodDecorator =>
  applyDecorators(Roles('admin'), UseGuards(LiveSessionGuard), ApiBearerAuth());
