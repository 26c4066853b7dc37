import { Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AuthConfig } from '../../config/index.js';
import type { KeyRing } from '../publishing/key-ring.js';
import type { KeyRotation } from './key-rotation.js';

/** Keeps the keys going: looks at short intervals what is due. In shared-secret mode there are none. */
export class KeySchedule implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly rotation: KeyRotation,
    private readonly ring: KeyRing,
    private readonly config: AuthConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.JWT_SIGNING === 'shared-secret') return;
    await this.tick();
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }

  /** One look: rotates what is due, destroys what has served, and takes up what others have done. */
  async tick(): Promise<void> {
    if (await this.rotation.rotateIfDue()) this.logger.log('A new signing key is published');
    await this.rotation.destroyRetired();
    await this.ring.refresh();
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.tick()
        .catch((error: unknown) => this.logger.warn(`The keys can't be read: ${String(error)}`))
        .finally(() => {
          if (this.timer !== undefined) this.schedule();
        });
    }, this.config.KEY_RING_POLL * 1000).unref();
  }
}
