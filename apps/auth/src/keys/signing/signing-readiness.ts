import type { OnModuleInit } from '@nestjs/common';
import type { HealthRegistry } from '@watchword/platform';
import type { TokenSigner } from './token-signer.js';

/** An instance that cannot sign is not ready, so that load balancers send logins to other instances. */
export class SigningReadiness implements OnModuleInit {
  constructor(
    private readonly signer: TokenSigner,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('signing-key', () => this.signer.assertReady());
  }
}
