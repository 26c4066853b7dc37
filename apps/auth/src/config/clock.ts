import { Global, Module } from '@nestjs/common';
import { type Clock, systemClock } from '@watchword/auth';
import { tokenOf } from '@watchword/platform';

/** Injects the `Clock`. */
export const CLOCK = tokenOf<Clock>(Symbol('Clock'));

/** The clock of this app. It is the only global module, because all other modules need the time. */
@Global()
@Module({ providers: [{ provide: CLOCK, useValue: systemClock }], exports: [CLOCK] })
export class ClockModule {}
