import { Module } from '@nestjs/common';
import { systemClock } from '@watchword/auth';
import { DATABASE, type Database, provide, tokenOf } from '@watchword/platform';
import type * as schema from '../database/schema.js';
import { Reservations } from './reservations.js';
import { ReservationsController } from './reservations.controller.js';
import { ReservationStore } from './reservation-store.js';
import { SqlReservationStore } from './sql-reservation-store.js';

@Module({
  controllers: [ReservationsController],
  providers: [
    provide(ReservationStore, [tokenOf<Database<typeof schema>>(DATABASE)], (db) => new SqlReservationStore(db)),
    provide(Reservations, [ReservationStore], (store) => new Reservations(store, systemClock)),
  ],
})
export class ReservationsModule {}
