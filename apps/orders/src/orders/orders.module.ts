import { Logger, Module } from '@nestjs/common';
import { AuthClientsModule, type AuthHttpClient, httpClientToken, tcpClientToken } from '@watchword/auth/clients';
import { type AuthTcpClient } from '@watchword/auth/microservices';
import { systemClock } from '@watchword/auth';
import { DATABASE, type Database, provide, tokenOf } from '@watchword/platform';
import { Catalog } from '../catalog/catalog.js';
import { HttpCatalog } from '../catalog/http-catalog.js';
import { OrdersConfig } from '../config/orders-config.js';
import type * as schema from '../database/schema.js';
import { downstreamServices } from '../downstream/downstream-services.js';
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

const INVENTORY_CLIENT = tokenOf<AuthTcpClient>(tcpClientToken('inventory'));

@Module({
  imports: [
    AuthClientsModule.registerAsync({
      http: ['catalog'],
      tcp: ['inventory'],
      inject: [OrdersConfig],
      useFactory: downstreamServices,
    }),
  ],
  controllers: [OrdersController],
  providers: [
    provide(Catalog, [tokenOf<AuthHttpClient>(httpClientToken('catalog'))], (client) => new HttpCatalog(client)),
    provide(Inventory, [INVENTORY_CLIENT], (client) => new TcpInventory(client, 'caller')),
    provide(ServiceInventory, [INVENTORY_CLIENT], (client) => new TcpInventory(client, 'service')),
    provide(OrderStore, [tokenOf<Database<typeof schema>>(DATABASE)], (db) => new SqlOrderStore(db)),
    provide(
      ReleaseStock,
      [OrderStore, Inventory],
      (orders, inventory) => new ReleaseStock(orders, inventory, systemClock),
    ),
    provide(PlaceOrder, [Catalog, Inventory, OrderStore, ReleaseStock], (catalog, inventory, orders, releaseStock) => {
      const logger = new Logger(PlaceOrder.name);
      return new PlaceOrder(catalog, inventory, orders, releaseStock, systemClock, (orderId, error) => {
        logger.warn('The background job will release the stock of a failed order', {
          orderId,
          reason: reasonOf(error),
        });
      });
    }),
    provide(VisibleOrders, [OrderStore]),
    provide(CancelOrder, [VisibleOrders, OrderStore, ReleaseStock]),
    provide(AbandonedOrders, [OrderStore, ServiceInventory, OrdersConfig], (orders, inventory, config) => {
      const releaseStock = new ReleaseStock(orders, inventory, systemClock);
      return new AbandonedOrders(orders, releaseStock, systemClock, config.ABANDONED_AFTER_SECONDS);
    }),
    provide(
      AbandonedOrdersSchedule,
      [AbandonedOrders, OrdersConfig],
      (orders, config) =>
        new AbandonedOrdersSchedule(orders, config.serviceCredentials && config.ABANDONED_CHECK_SECONDS),
    ),
  ],
})
export class OrdersModule {}
