import type { StrictJsonOptions } from '../../verification/index.js';
import { StrictJsonSocket } from './strict-json-socket.js';

/** The calling side of {@link StrictJsonSocket}: an answer that cannot be read fails its own call, and no other one. */
export class StrictAnswerSocket extends StrictJsonSocket {
  /** What another service's data holds is for its reader to judge. */
  protected override readonly limits: StrictJsonOptions = { maxDepth: 100, text: 'any' };

  protected override refuse(id: unknown, reason: string): void {
    this.socket.emit('message', { id, err: `its answer cannot be read: ${reason}`, isDisposed: true });
  }
}
