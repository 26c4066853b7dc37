import { Module } from '@nestjs/common';
import { provide } from '@watchword/platform';
import { AuthConfig } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { ATTEMPT_LIMITS, attemptLimits } from './attempt-limits.js';

@Module({
  providers: [provide(ATTEMPT_LIMITS, [AuthDatabase, AuthConfig], attemptLimits)],
  exports: [ATTEMPT_LIMITS],
})
export class AttemptsModule {}
