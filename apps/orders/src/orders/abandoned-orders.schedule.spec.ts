import { Logger } from '@nestjs/common';
import { AbandonedOrdersSchedule } from './abandoned-orders.schedule.js';
import type { ReleaseReport } from './abandoned-orders.js';

const nothing: ReleaseReport = { released: 0, failures: [] };

describe('AbandonedOrdersSchedule', () => {
  const logged: string[] = [];
  const remember = (message: unknown): void => void logged.push(String(message));

  beforeEach(() => {
    logged.length = 0;
    Logger.overrideLogger({ log: remember, warn: remember, error: remember });
  });

  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));

  it('is off without an interval, and says how to turn it on', () => {
    const schedule = new AbandonedOrdersSchedule({ release: () => Promise.reject(new Error('ran')) }, undefined);
    schedule.onApplicationBootstrap();
    expect(logged.join()).toContain('Set CLIENT_ID and CLIENT_SECRET');
  });

  it('runs again after a run that failed', async () => {
    let schedule: AbandonedOrdersSchedule | undefined;
    await new Promise<void>((resolve) => {
      const runs = [() => Promise.reject(new Error('database down')), () => Promise.resolve(nothing)];
      const release = (): Promise<ReleaseReport> => {
        const run = runs.shift();
        if (run !== undefined) return run();
        resolve();
        return Promise.resolve(nothing);
      };
      schedule = new AbandonedOrdersSchedule({ release }, 0.001);
      schedule.onApplicationBootstrap();
    });
    await schedule?.beforeApplicationShutdown();
    expect(logged).toContain('The search for abandoned orders failed');
  });

  it('lets a shutdown wait for the run that is under way, told to stop, and begins no other', async () => {
    let runs = 0;
    let finished = false;
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const release = async (signal?: AbortSignal): Promise<ReleaseReport> => {
      runs += 1;
      started();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => setImmediate(resolve)));
      finished = true;
      return nothing;
    };
    const schedule = new AbandonedOrdersSchedule({ release }, 0.001);
    schedule.onApplicationBootstrap();
    await running;
    await schedule.beforeApplicationShutdown();
    expect(finished).toBe(true);
    expect(runs).toBe(1);
  });
});
