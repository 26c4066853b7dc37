import { Global, Module } from '@nestjs/common';
import { type Clock, systemClock } from '@watchword/auth';
import { tokenOf } from '@watchword/platform';

/** Injects the `Clock`. */
export const CLOCK = tokenOf<Clock>(Symbol('Clock'));

/** The clock of everything in this app. The only module of it that is global: every other one needs the time. */
@Global()
@Module({ providers: [{ provide: CLOCK, useValue: systemClock }], exports: [CLOCK] })
export class ClockModule {}
