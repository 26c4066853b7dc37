import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { RevocationFollower } from '@watchword/auth';
import { Gauge } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';

/** How often to look whether the log has to say something, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * The log says when an app has not heard for too long what its issuer revoked, and when it hears it again; the metrics say how old what
 * it knows is. It stays ready: tokens end by themselves within minutes, and other instances would not know more.
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
    if (!isStale) this.logger.log('The issuer is heard again: what it revokes is refused at once');
    else {
      const since = age === undefined ? 'since this process began' : `for ${String(Math.round(age / 1000))} s`;
      this.logger.warn(`The issuer was not heard ${since}: what it revokes may still be let in`, { reason: lastError });
    }
  }

  /** Null in an app without AuthModule, and in one that follows nothing. */
  private findFollower(): RevocationFollower | null {
    try {
      return this.modules.get<RevocationFollower | null>(RevocationFollower, { strict: false });
    } catch {
      return null;
    }
  }
}

/** Read when the metrics are. */
function measure({ registry }: Metrics, follower: RevocationFollower): void {
  const labelNames = ['issuer'] as const;
  registry.registerMetric(
    new Gauge({
      name: 'watchword_revocations_age_seconds',
      help: 'Time since the issuer last said what it has revoked; absent before the first time',
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
