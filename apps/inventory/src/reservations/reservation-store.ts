import { tokenOf } from '@watchword/platform';
import type { Reservation } from './reservation.js';

/** Where reservations and the stock they hold are kept together. */
export interface ReservationStore {
  /** Runs the work in one transaction: all of it is kept, or where it throws nothing. */
  transaction<T>(work: (unit: ReservationUnit) => Promise<T>): Promise<T>;
  /** Reservations still held that are older than this, oldest first. */
  heldSince(before: Date, limit: number): Promise<readonly Reservation[]>;
}

export const ReservationStore = tokenOf<ReservationStore>(Symbol('ReservationStore'));

/** What can be done within a transaction. */
export interface ReservationUnit {
  /**
   * Writes the reservation with its items unless its id is taken.
   * Waits for another transaction that is just now writing the same id.
   *
   * @returns whether the id was free
   */
  claim(reservation: Omit<Reservation, 'items'>): Promise<boolean>;
  /** Reads a reservation and keeps others from changing it until the transaction ends. */
  lock(id: string): Promise<Reservation | undefined>;
  /**
   * Takes the pieces from the stock for that reservation.
   *
   * @returns false, having taken nothing, where there are not that many
   */
  take(id: string, sku: string, quantity: number): Promise<boolean>;
  /** Puts the pieces back on stock. */
  giveBack(sku: string, quantity: number): Promise<void>;
  markReleased(id: string, at: Date): Promise<void>;
}
