import { TokenVerifier } from '@watchword/auth';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Gauge } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { HealthRegistry } from './health-registry.js';

/** How often to look whether the log has to say something, in milliseconds: longer than all apps of a system take to start. */
const LOOK_MS = 15_000;

/** An app that verifies tokens is not ready before it has the keys of every issuer that it trusts. The log says when it has not, the metrics how old they are. */
@Injectable()
export class KeysCheck implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;
  private said: string | undefined;
  private leftOut = '';

  constructor(
    private readonly modules: ModuleRef,
    private readonly health: HealthRegistry,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const verifier = this.findVerifier();
    if (verifier === undefined) return;
    this.health.register('keys', () => {
      const missing = missingKeys(verifier);
      if (missing !== undefined) throw new Error(missing);
    });
    measureKeys(this.metrics, verifier);
    this.timer = setInterval(() => this.look(verifier), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(verifier: TokenVerifier): void {
    this.sayWhatIsLeftOut(verifier.status().filter(({ leftOut }) => leftOut.length > 0));
    this.sayWhatChanged(missingKeys(verifier));
  }

  /** An error: a private key that was published is everybody's, and the issuer's operator may not know it yet. */
  private sayWhatIsLeftOut(statuses: readonly Status[]): void {
    const reasons = statuses.map(({ issuer, leftOut }) => `${issuer}: ${leftOut.join('; ')}`).join('; ');
    if (reasons === this.leftOut) return;
    this.leftOut = reasons;
    if (reasons === '') this.logger.log('All keys that the issuers publish are sound again');
    else this.logger.error('Keys that an issuer publishes are not used. Tell who runs it', { reason: reasons });
  }

  private sayWhatChanged(missing: string | undefined): void {
    if (missing === this.said) return;
    this.said = missing;
    if (missing === undefined) this.logger.log('The keys are there');
    else this.logger.warn('Requests with a token are answered with 503 until the keys are there', { reason: missing });
  }

  /** An app without AuthModule has none. */
  private findVerifier(): TokenVerifier | undefined {
    try {
      return this.modules.get(TokenVerifier, { strict: false });
    } catch {
      return undefined;
    }
  }
}

/** Read when the metrics are. */
function measureKeys({ registry }: Metrics, verifier: TokenVerifier): void {
  const labelNames = ['issuer'] as const;
  const keys = new Gauge({
    name: 'watchword_verification_keys',
    help: 'Keys of the issuer that tokens are verified with',
    labelNames,
    registers: [],
    collect() {
      for (const { issuer, keyIds } of verifier.status()) this.set({ issuer }, keyIds.length);
    },
  });
  const age = new Gauge({
    name: 'watchword_verification_keys_age_seconds',
    help: 'Time since the issuer last confirmed its keys; absent before the first time',
    labelNames,
    registers: [],
    collect() {
      for (const { issuer, ageSeconds } of verifier.status()) {
        if (ageSeconds !== undefined) this.set({ issuer }, ageSeconds);
      }
    },
  });
  const leftOut = new Gauge({
    name: 'watchword_verification_keys_left_out',
    help: 'Keys that the issuer publishes and that are not used, because they are not sound',
    labelNames,
    registers: [],
    collect() {
      for (const status of verifier.status()) this.set({ issuer: status.issuer }, status.leftOut.length);
    },
  });
  registry.registerMetric(keys);
  registry.registerMetric(leftOut);
  registry.registerMetric(age);
}

type Status = ReturnType<TokenVerifier['status']>[number];

/** Of which issuers there are none and why; undefined when there are some of each. */
function missingKeys(verifier: TokenVerifier): string | undefined {
  const missing = verifier.status().filter(({ ready }) => !ready);
  return missing.length === 0 ? undefined : missing.map(describe).join('; ');
}

const describe = ({ issuer, reason, lastError }: Status): string =>
  `no keys of ${issuer}: ${reason ?? lastError ?? 'not loaded yet'}`;
