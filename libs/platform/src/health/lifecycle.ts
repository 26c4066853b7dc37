import { Injectable } from '@nestjs/common';

/**
 * Where this process is in its life. A long answer, an event stream say, ends when {@link draining} is aborted:
 * until then the shutdown waits for it.
 */
@Injectable()
export class Lifecycle {
  private readonly controller = new AbortController();

  /** Aborted when the process begins to shut down. */
  get draining(): AbortSignal {
    return this.controller.signal;
  }

  /** Readiness ends here; nothing new should be sent to this process. */
  beginDrain(): void {
    this.controller.abort();
  }
}
