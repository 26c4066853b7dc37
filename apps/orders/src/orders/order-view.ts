import { ApiProperty } from '@nestjs/swagger';
import type { Order, OrderItem, OrderStatus } from './order.js';
import type { OrderPage } from './order-store.js';

export class OrderItemView implements OrderItem {
  @ApiProperty({ example: 'TENT-2P' })
  readonly sku!: string;

  @ApiProperty({ description: 'At the time of the order' })
  readonly name!: string;

  @ApiProperty()
  readonly quantity!: number;

  @ApiProperty({ description: 'At the time of the order, in the smallest unit of the currency' })
  readonly unitPriceCents!: number;
}

/** An order in a response. */
export class OrderView {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ description: 'The subject of the customer' })
  readonly customerId!: string;

  @ApiProperty({ enum: ['pending', 'confirmed', 'cancelled'] })
  readonly status!: OrderStatus;

  @ApiProperty({ type: [OrderItemView] })
  readonly items!: readonly OrderItemView[];

  @ApiProperty({ description: 'In the smallest unit of the currency' })
  readonly totalCents!: number;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217' })
  readonly currency!: string;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;
}

export class OrderPageView {
  @ApiProperty({ type: [OrderView] })
  readonly items!: readonly OrderView[];

  @ApiProperty({ type: String, nullable: true, description: 'The value of `after` for the next page' })
  readonly next!: string | null;
}

export function viewOrder({ id, customer, status, items, totalCents, currency, createdAt }: Order): OrderView {
  return {
    id,
    customerId: customer.subject,
    status,
    items,
    totalCents,
    currency,
    createdAt: createdAt.toISOString(),
  };
}

export const viewPage = ({ items, next }: OrderPage): OrderPageView => ({ items: items.map(viewOrder), next });
