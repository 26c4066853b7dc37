import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CurrentUser, Scopes, type VerifiedToken } from '@watchword/auth';
import { FindExpired, ReleaseStock, ReserveStock } from './reservation-messages.js';
import type { ReservedItem } from './reservation.js';
import { Reservations } from './reservations.js';

interface ReservationView {
  readonly reservationId: string;
  readonly status: 'held' | 'released';
  readonly items: readonly ReservedItem[];
  /** ISO 8601. */
  readonly createdAt: string;
}

@Controller()
export class ReservationsController {
  constructor(private readonly reservations: Reservations) {}

  @Scopes('inventory:reserve')
  @MessagePattern('stock.reserve')
  async reserve(
    @Payload() { reservationId, items }: ReserveStock,
    @CurrentUser() caller: VerifiedToken,
  ): Promise<ReservationView> {
    const { status, items: held, createdAt } = await this.reservations.reserve(reservationId, items, caller);
    return { reservationId, status, items: held, createdAt: createdAt.toISOString() };
  }

  /** For its owner with `inventory:reserve`, or for anybody with `inventory:manage`. {@link Reservations.release} checks this. */
  @MessagePattern('stock.release')
  async release(
    @Payload() { reservationId }: ReleaseStock,
    @CurrentUser() caller: VerifiedToken,
  ): Promise<{ reservationId: string; status: 'released' }> {
    await this.reservations.release(reservationId, caller);
    return { reservationId, status: 'released' };
  }

  @Scopes('inventory:manage')
  @MessagePattern('stock.expired')
  async expired(@Payload() { olderThanSeconds, limit }: FindExpired): Promise<{
    reservations: readonly (ReservationView & { readonly issuer: string; readonly subject: string })[];
  }> {
    const found = await this.reservations.heldFor(olderThanSeconds, limit);
    return {
      reservations: found.map(({ id, owner, status, items, createdAt }) => ({
        reservationId: id,
        ...owner,
        status,
        items,
        createdAt: createdAt.toISOString(),
      })),
    };
  }
}
