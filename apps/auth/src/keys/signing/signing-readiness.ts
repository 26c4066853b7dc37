import type { OnModuleInit } from '@nestjs/common';
import type { HealthRegistry } from '@watchword/platform';
import type { TokenSigner } from './token-signer.js';

/** An instance that can't sign reports not ready, so that logins go to another. */
export class SigningReadiness implements OnModuleInit {
  constructor(
    private readonly signer: TokenSigner,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('signing-key', () => this.signer.assertReady());
  }
}
