import { Public } from '@watchword/auth';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Lifecycle } from './lifecycle.js';
import { HealthRegistry, type HealthReport } from './health-registry.js';

/** For whoever starts this process and sends it requests. */
@ApiExcludeController()
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The process runs and its event loop turns; a restart would not help. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 if requests may be sent here, else 503; either way with what each check says. */
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
