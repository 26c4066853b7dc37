import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { RevocationFollower } from '@watchword/auth';
import { Gauge } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';

/** The interval between two checks for the log, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * Logs when the revocation list of an app becomes stale, and when it is up to date again; the metrics have its age. The app stays
 * ready: tokens expire within minutes, and other instances would have the same problem.
 */
@Injectable()
export class RevocationsCheck implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Revocations');
  private timer: NodeJS.Timeout | undefined;
  private wasStale = false;

  constructor(
    private readonly modules: ModuleRef,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const follower = this.findFollower();
    if (follower === null) return;
    measure(this.metrics, follower);
    this.timer = setInterval(() => this.look(follower), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(follower: RevocationFollower): void {
    const { isStale, age, lastError } = follower.status();
    if (isStale === this.wasStale) return;
    this.wasStale = isStale;
    if (!isStale) this.logger.log('The issuer is reachable again: revocations take effect at once');
    else {
      const since = age === undefined ? 'since this process started' : `for ${String(Math.round(age / 1000))} s`;
      this.logger.warn(`No message from the issuer ${since}: revoked tokens may be accepted`, { reason: lastError });
    }
  }

  /** Null in an app without AuthModule, and in one that does not follow revocations. */
  private findFollower(): RevocationFollower | null {
    try {
      return this.modules.get<RevocationFollower | null>(RevocationFollower, { strict: false });
    } catch {
      return null;
    }
  }
}

/** Measured whenever the metrics are read. */
function measure({ registry }: Metrics, follower: RevocationFollower): void {
  const labelNames = ['issuer'] as const;
  registry.registerMetric(
    new Gauge({
      name: 'watchword_revocations_age_seconds',
      help: 'Time since the last message of the issuer about revocations; absent before the first one',
      labelNames,
      registers: [],
      collect() {
        const { issuer, age } = follower.status();
        if (age !== undefined) this.set({ issuer }, age / 1000);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'watchword_revocations',
      help: 'Sessions, tokens, subjects and keys that are refused because the issuer revoked them',
      labelNames,
      registers: [],
      collect() {
        const { issuer, entries } = follower.status();
        this.set({ issuer }, entries);
      },
    }),
  );
}
