import { tokenOf } from '@watchword/platform';
import type { Reservation } from './reservation.js';

/** Stores reservations together with the stock that they hold. */
export interface ReservationStore {
  /** Runs the work in one transaction. If it throws, nothing is changed. */
  transaction<T>(work: (unit: ReservationUnit) => Promise<T>): Promise<T>;
  /** Reservations in status `held` that are older than this, oldest first. */
  heldSince(before: Date, limit: number): Promise<readonly Reservation[]>;
}

export const ReservationStore = tokenOf<ReservationStore>(Symbol('ReservationStore'));

/** The operations inside a transaction. */
export interface ReservationUnit {
  /**
   * Inserts the reservation without its items, unless the id already exists.
   * Waits for a concurrent transaction that inserts the same id.
   *
   * @returns whether it was inserted
   */
  claim(reservation: Omit<Reservation, 'items'>): Promise<boolean>;
  /** Reads a reservation and locks it until the end of the transaction. */
  lock(id: string): Promise<Reservation | undefined>;
  /**
   * Takes the pieces from the stock for that reservation.
   *
   * @returns false, without a change, if there are not enough pieces
   */
  take(id: string, sku: string, quantity: number): Promise<boolean>;
  /** Adds the pieces to the stock again. */
  giveBack(sku: string, quantity: number): Promise<void>;
  markReleased(id: string, at: Date): Promise<void>;
}
