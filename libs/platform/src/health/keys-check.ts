import { TokenVerifier } from '@watchword/auth';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthRegistry } from './health-registry.js';

/** How often to look whether the log has to say something, in milliseconds: longer than all apps of a system take to start. */
const LOOK_MS = 15_000;

/** An app that verifies tokens is not ready before it has the keys of every issuer that it trusts. The log says when it has not. */
@Injectable()
export class KeysCheck implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;
  private said: string | undefined;

  constructor(
    private readonly modules: ModuleRef,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const verifier = this.findVerifier();
    if (verifier === undefined) return;
    this.health.register('keys', () => {
      const missing = missingKeys(verifier);
      if (missing !== undefined) throw new Error(missing);
    });
    this.timer = setInterval(() => this.sayWhatChanged(missingKeys(verifier)), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
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

type Status = ReturnType<TokenVerifier['status']>[number];

/** Of which issuers there are none and why; undefined when there are some of each. */
function missingKeys(verifier: TokenVerifier): string | undefined {
  const missing = verifier.status().filter(({ ready }) => !ready);
  return missing.length === 0 ? undefined : missing.map(describe).join('; ');
}

const describe = ({ issuer, reason, lastError }: Status): string =>
  `no keys of ${issuer}: ${reason ?? lastError ?? 'not loaded yet'}`;
