/** The customer of an order: a subject is unique within its issuer only. */
export interface Customer {
  readonly issuer: string;
  readonly subject: string;
}

/** pending → confirmed → cancelled, or pending → cancelled. There are no other changes. */
export type OrderStatus = 'pending' | 'confirmed' | 'cancelled';

export interface OrderItem {
  readonly sku: string;
  /** Name and price at the time of the order. */
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
  /** Whether inventory has released the stock of the cancelled order. */
  readonly stockReleased: boolean;
}

/** An item that a customer orders. */
export interface RequestedItem {
  readonly sku: string;
  readonly quantity: number;
}
