import { Controller, Get } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';

const ORDER = { id: '0198d2c4-7f4e-7b52-9d3c-7a1f5f0f8f11', status: 'placed', totalCents: 12900, currency: 'EUR' };

/** The handler that all services have: it answers a constant, so that what differs is the authentication. */
@Controller()
export class OrderController {
  @Get('order')
  @MessagePattern({ cmd: 'order' })
  read(): typeof ORDER {
    return ORDER;
  }
}
