import { Public } from '@watchword/auth';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Lifecycle } from './lifecycle.js';
import { HealthRegistry, type HealthReport } from './health-registry.js';

/** Liveness and readiness, for orchestrators and load balancers. */
@ApiExcludeController()
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The process runs and its event loop is not blocked. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 if this instance may receive requests, else 503. Both have the result of each check. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) response: Response): Promise<HealthReport> {
    const report = await this.registry.report();
    const draining = this.lifecycle.draining.aborted;
    const shown: HealthReport = draining
      ? {
          status: 'not ready',
          checks: { ...report.checks, lifecycle: { status: 'failed', reason: 'the process is shutting down' } },
        }
      : report;
    response.status(shown.status === 'ready' ? 200 : 503);
    return shown;
  }
}
