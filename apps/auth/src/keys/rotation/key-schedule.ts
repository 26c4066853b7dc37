import { Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AuthConfig } from '../../config/index.js';
import type { KeyRing } from '../publishing/key-ring.js';
import type { KeyRotation } from './key-rotation.js';

/** Milliseconds after which a failed run is repeated, so that logins work soon after an outage in which the lease has expired. */
const RETRY_MS = 500;

/** Runs the key rotation periodically. In shared-secret mode there are no keys. */
export class KeySchedule implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly rotation: KeyRotation,
    private readonly ring: KeyRing,
    private readonly config: AuthConfig,
  ) {}

  /** Milliseconds between two runs. */
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

  /** One run: rotates if it is due, destroys retired private keys, and reads the changes of other instances. */
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
      this.logger.warn(`The keys cannot be read: ${String(error)}`);
      delay = Math.min(RETRY_MS, this.interval);
    }
    if (this.timer !== undefined) this.schedule(delay);
  }
}
