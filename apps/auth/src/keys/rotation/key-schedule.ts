import { Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AuthConfig } from '../../config/index.js';
import type { KeyRing } from '../publishing/key-ring.js';
import type { KeyRotation } from './key-rotation.js';

/** Milliseconds after which a look that failed is repeated: a lease that ran out in an outage must not keep logins waiting. */
const RETRY_MS = 500;

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

  /** Milliseconds between two looks. */
  private get interval(): number {
    return this.config.KEY_RING_POLL * 1000;
  }

  async onModuleInit(): Promise<void> {
    if (this.config.JWT_SIGNING === 'shared-secret') return;
    await this.tick();
    this.schedule(this.interval);
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

  private schedule(delay: number): void {
    this.timer = setTimeout(() => void (this.running = this.look()), delay).unref();
  }

  private async look(): Promise<void> {
    let delay = this.interval;
    try {
      await this.tick();
    } catch (error) {
      this.logger.warn(`The keys can't be read: ${String(error)}`);
      delay = Math.min(RETRY_MS, this.interval);
    }
    if (this.timer !== undefined) this.schedule(delay);
  }
}
