import { Global, Module } from '@nestjs/common';
import { DATABASE } from '@watchword/platform';
import { AuthConfig } from '../config/index.js';
import { ATTEMPT_LIMITS, attemptLimits } from './attempt-limits.js';

@Global()
@Module({
  providers: [{ provide: ATTEMPT_LIMITS, inject: [DATABASE, AuthConfig], useFactory: attemptLimits }],
  exports: [ATTEMPT_LIMITS],
})
export class AttemptsModule {}
