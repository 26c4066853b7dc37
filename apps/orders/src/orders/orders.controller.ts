import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { CurrentUser, Scopes, type VerifiedToken } from '@watchword/auth';
import { CancelOrder } from './cancel-order.js';
import { IdempotencyKey } from './idempotency-key.js';
import { ListOrders, OrderPath, PlaceOrderBody } from './order-requests.js';
import { OrderPageView, OrderView, viewOrder, viewPage } from './order-view.js';
import { PlaceOrder } from './place-order.js';
import { customerOf, VisibleOrders } from './visible-orders.js';

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly visibleOrders: VisibleOrders,
    private readonly cancelOrder: CancelOrder,
  ) {}

  @Scopes('orders:write')
  @Post()
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A request with the same key returns the same order',
  })
  @ApiCreatedResponse({ type: OrderView })
  @ApiConflictResponse({ description: 'insufficient_stock, order_cancelled' })
  @ApiUnprocessableEntityResponse({ description: 'unknown_product, mixed_currencies, idempotency_key_reused' })
  @ApiServiceUnavailableResponse({ description: 'catalog_unavailable, inventory_unavailable' })
  async place(
    @Body() { items }: PlaceOrderBody,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @CurrentUser() caller: VerifiedToken,
  ): Promise<OrderView> {
    return viewOrder(await this.placeOrder.place({ items, idempotencyKey }, customerOf(caller)));
  }

  @Scopes('orders:read')
  @Get()
  @ApiOkResponse({
    type: OrderPageView,
    description: "The caller's orders, newest first; all orders for the role admin",
  })
  async list(@Query() page: ListOrders, @CurrentUser() caller: VerifiedToken): Promise<OrderPageView> {
    return viewPage(await this.visibleOrders.list(page, caller));
  }

  @Scopes('orders:read')
  @Get(':id')
  @ApiOkResponse({ type: OrderView })
  @ApiNotFoundResponse({ description: "not_found, also for somebody else's order" })
  async read(@Param() { id }: OrderPath, @CurrentUser() caller: VerifiedToken): Promise<OrderView> {
    return viewOrder(await this.visibleOrders.find(id, caller));
  }

  @Scopes('orders:write')
  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: OrderView, description: 'Cancelled, by this request or before' })
  @ApiNotFoundResponse({ description: "not_found, also for somebody else's order" })
  @ApiServiceUnavailableResponse({
    description:
      'inventory_unavailable: the order is cancelled; its stock is released by a later call or by the background job',
  })
  async cancel(@Param() { id }: OrderPath, @CurrentUser() caller: VerifiedToken): Promise<OrderView> {
    return viewOrder(await this.cancelOrder.cancel(id, caller));
  }
}
