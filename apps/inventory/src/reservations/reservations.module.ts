import { Module } from '@nestjs/common';
import { systemClock } from '@watchword/auth';
import { DATABASE, type Database } from '@watchword/platform';
import type * as schema from '../database/schema.js';
import { Reservations } from './reservations.js';
import { ReservationsController } from './reservations.controller.js';
import { ReservationStore } from './reservation-store.js';
import { SqlReservationStore } from './sql-reservation-store.js';

@Module({
  controllers: [ReservationsController],
  providers: [
    {
      provide: ReservationStore,
      inject: [DATABASE],
      useFactory: (db: Database<typeof schema>) => new SqlReservationStore(db),
    },
    {
      provide: Reservations,
      inject: [ReservationStore],
      useFactory: (store: ReservationStore) => new Reservations(store, systemClock),
    },
  ],
})
export class ReservationsModule {}
