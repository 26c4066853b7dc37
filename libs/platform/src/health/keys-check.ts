import { TokenVerifier } from '@watchword/auth';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HealthRegistry } from './health-registry.js';

/** An app that verifies tokens is not ready before it has the keys of every issuer that it trusts. */
@Injectable()
export class KeysCheck implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const verifier = this.findVerifier();
    if (verifier === undefined) return;
    this.health.register('keys', () => {
      const missing = verifier.status().filter(({ ready }) => !ready);
      if (missing.length > 0) throw new Error(missing.map(describe).join('; '));
    });
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

const describe = ({ issuer, reason, lastError }: Status): string =>
  `no keys of ${issuer}: ${reason ?? lastError ?? 'not loaded yet'}`;
