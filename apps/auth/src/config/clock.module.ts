import { Global, Module } from '@nestjs/common';
import { systemClock } from '@watchword/auth';
import { CLOCK } from './clock.js';

/** The clock of everything in this app. */
@Global()
@Module({ providers: [{ provide: CLOCK, useValue: systemClock }], exports: [CLOCK] })
export class ClockModule {}
