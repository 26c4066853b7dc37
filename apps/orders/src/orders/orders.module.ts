import { Logger, Module } from '@nestjs/common';
import { AuthClientsModule, type AuthHttpClient } from '@watchword/auth/clients';
import { type AuthTcpClient } from '@watchword/auth/microservices';
import { systemClock } from '@watchword/auth';
import { httpClientToken, tcpClientToken } from '@watchword/auth/clients';
import { currentRequestId, DATABASE, type Database } from '@watchword/platform';
import { Catalog } from '../catalog/catalog.js';
import { HttpCatalog } from '../catalog/http-catalog.js';
import { OrdersConfig } from '../config/orders-config.js';
import type * as schema from '../database/schema.js';
import { reasonOf } from '../downstream/reason-of.js';
import { Inventory, ServiceInventory } from '../inventory/inventory.js';
import { TcpInventory } from '../inventory/tcp-inventory.js';
import { AbandonedOrders } from './abandoned-orders.js';
import { AbandonedOrdersSchedule } from './abandoned-orders.schedule.js';
import { CancelOrder } from './cancel-order.js';
import { OrdersController } from './orders.controller.js';
import { OrderStore } from './order-store.js';
import { PlaceOrder } from './place-order.js';
import { ReleaseStock } from './release-stock.js';
import { SqlOrderStore } from './sql-order-store.js';
import { VisibleOrders } from './visible-orders.js';

@Module({
  imports: [
    AuthClientsModule.registerAsync({
      http: ['catalog'],
      tcp: ['inventory'],
      inject: [OrdersConfig],
      useFactory: ({
        CATALOG_URL,
        INVENTORY_HOST,
        INVENTORY_PORT,
        DOWNSTREAM_TIMEOUT_MS: timeoutMs,
        serviceCredentials,
      }: OrdersConfig) => ({
        http: [{ name: 'catalog', audience: 'catalog', baseUrl: CATALOG_URL, timeoutMs }],
        tcp: [
          {
            name: 'inventory',
            audience: 'inventory',
            host: INVENTORY_HOST,
            port: INVENTORY_PORT,
            timeoutMs,
            passOn: { 409: ['insufficient_stock', 'reservation_conflict'] },
          },
        ],
        serviceCredentials,
        headers: sameRequestId,
      }),
    }),
  ],
  controllers: [OrdersController],
  providers: [
    {
      provide: Catalog,
      inject: [httpClientToken('catalog')],
      useFactory: (client: AuthHttpClient) => new HttpCatalog(client),
    },
    {
      provide: Inventory,
      inject: [tcpClientToken('inventory')],
      useFactory: (client: AuthTcpClient) => new TcpInventory(client, 'caller'),
    },
    {
      provide: ServiceInventory,
      inject: [tcpClientToken('inventory')],
      useFactory: (client: AuthTcpClient) => new TcpInventory(client, 'service'),
    },
    { provide: OrderStore, inject: [DATABASE], useFactory: (db: Database<typeof schema>) => new SqlOrderStore(db) },
    {
      provide: ReleaseStock,
      inject: [OrderStore, Inventory],
      useFactory: (orders: OrderStore, inventory: Inventory) => new ReleaseStock(orders, inventory, systemClock),
    },
    {
      provide: PlaceOrder,
      inject: [Catalog, Inventory, OrderStore, ReleaseStock],
      useFactory: (catalog: Catalog, inventory: Inventory, orders: OrderStore, releaseStock: ReleaseStock) => {
        const logger = new Logger(PlaceOrder.name);
        return new PlaceOrder(catalog, inventory, orders, releaseStock, systemClock, (orderId, error) => {
          logger.warn('The stock of a failed order is left to the job', { orderId, reason: reasonOf(error) });
        });
      },
    },
    { provide: VisibleOrders, inject: [OrderStore], useFactory: (orders: OrderStore) => new VisibleOrders(orders) },
    {
      provide: CancelOrder,
      inject: [VisibleOrders, OrderStore, ReleaseStock],
      useFactory: (visible: VisibleOrders, orders: OrderStore, releaseStock: ReleaseStock) =>
        new CancelOrder(visible, orders, releaseStock),
    },
    {
      provide: AbandonedOrders,
      inject: [OrderStore, ServiceInventory, OrdersConfig],
      useFactory: (orders: OrderStore, inventory: Inventory, { ABANDONED_AFTER_SECONDS }: OrdersConfig) =>
        new AbandonedOrders(
          orders,
          new ReleaseStock(orders, inventory, systemClock),
          systemClock,
          ABANDONED_AFTER_SECONDS,
        ),
    },
    {
      provide: AbandonedOrdersSchedule,
      inject: [AbandonedOrders, OrdersConfig],
      useFactory: (orders: AbandonedOrders, { serviceCredentials, ABANDONED_CHECK_SECONDS }: OrdersConfig) =>
        new AbandonedOrdersSchedule(orders, serviceCredentials && ABANDONED_CHECK_SECONDS),
    },
  ],
})
export class OrdersModule {}

/** The called services log under the id of the request that came in here. */
function sameRequestId(): Record<string, string> {
  const requestId = currentRequestId();
  return requestId === undefined ? {} : { 'x-request-id': requestId };
}
