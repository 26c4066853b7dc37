import { TokenVerifier } from '@watchword/auth';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Gauge } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { HealthRegistry } from './health-registry.js';

/** The interval between two checks for the log, in milliseconds: longer than all apps of a system take to start. */
const LOOK_MS = 15_000;

/** An app that verifies tokens is ready once it has the keys of all trusted issuers. Missing keys are logged, and the metrics have the age of the keys. */
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

  /** Logged as an error: it may be a published private key, which the operator of the issuer may not know. */
  private sayWhatIsLeftOut(statuses: readonly Status[]): void {
    const reasons = statuses.map(({ issuer, leftOut }) => `${issuer}: ${leftOut.join('; ')}`).join('; ');
    if (reasons === this.leftOut) return;
    this.leftOut = reasons;
    if (reasons === '') this.logger.log('All published keys of the issuers are valid again');
    else
      this.logger.error(
        'Some published keys of an issuer are invalid and not used. Inform the operator of the issuer',
        { reason: reasons },
      );
  }

  private sayWhatChanged(missing: string | undefined): void {
    if (missing === this.said) return;
    this.said = missing;
    if (missing === undefined) this.logger.log('The keys were loaded');
    else this.logger.warn('Requests with a token are answered with 503 until the keys are loaded', { reason: missing });
  }

  /** Undefined in an app without AuthModule. */
  private findVerifier(): TokenVerifier | undefined {
    try {
      return this.modules.get(TokenVerifier, { strict: false });
    } catch {
      return undefined;
    }
  }
}

/** Measured whenever the metrics are read. */
function measureKeys({ registry }: Metrics, verifier: TokenVerifier): void {
  const labelNames = ['issuer'] as const;
  const keys = new Gauge({
    name: 'watchword_verification_keys',
    help: 'Keys of the issuer that are used to verify tokens',
    labelNames,
    registers: [],
    collect() {
      for (const { issuer, keyIds } of verifier.status()) this.set({ issuer }, keyIds.length);
    },
  });
  const age = new Gauge({
    name: 'watchword_verification_keys_age_seconds',
    help: 'Time since the last successful fetch of the issuer keys; absent before the first one',
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
    help: 'Published keys of the issuer that are not used because they are invalid',
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

/** The issuers without keys, and why; undefined if there are keys of all issuers. */
function missingKeys(verifier: TokenVerifier): string | undefined {
  const missing = verifier.status().filter(({ ready }) => !ready);
  return missing.length === 0 ? undefined : missing.map(describe).join('; ');
}

const describe = ({ issuer, reason, lastError }: Status): string =>
  `no keys of ${issuer}: ${reason ?? lastError ?? 'not loaded yet'}`;
