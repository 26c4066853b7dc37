import { Injectable } from '@nestjs/common';

/**
 * Whether this process is shutting down. A long response, such as an event stream, must end when {@link draining} is aborted,
 * because the shutdown waits for it.
 */
@Injectable()
export class Lifecycle {
  private readonly controller = new AbortController();

  /** Aborted when the shutdown begins. */
  get draining(): AbortSignal {
    return this.controller.signal;
  }

  /** From now on the process is not ready; it should receive no new requests. */
  beginDrain(): void {
    this.controller.abort();
  }
}
