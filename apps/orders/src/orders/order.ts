/** Whose an order is: a subject alone is unique within its issuer only. */
export interface Customer {
  readonly issuer: string;
  readonly subject: string;
}

/** pending → confirmed → cancelled, or pending → cancelled. Nothing leads back. */
export type OrderStatus = 'pending' | 'confirmed' | 'cancelled';

export interface OrderItem {
  readonly sku: string;
  /** Name and price are what they were when it was ordered. */
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceCents: number;
}

export interface Order {
  /** A UUIDv7; also the id of the order's reservation at inventory. */
  readonly id: string;
  readonly customer: Customer;
  readonly status: OrderStatus;
  readonly items: readonly OrderItem[];
  /** In the smallest unit of the currency. */
  readonly totalCents: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly createdAt: Date;
  /** Whether inventory was told, after the order was cancelled, to hold nothing for it. */
  readonly stockReleased: boolean;
}

/** What somebody asks for. */
export interface RequestedItem {
  readonly sku: string;
  readonly quantity: number;
}
