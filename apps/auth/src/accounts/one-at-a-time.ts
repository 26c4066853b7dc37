import { overloaded } from './overloaded.js';

/** In milliseconds. If work hangs, for example on a silent connection, later work for its key must not wait forever. */
const PATIENCE = 10_000;

/**
 * Runs the work for one key sequentially, and for different keys concurrently. So a counter that is increased before the work and
 * decreased after it never counts waiting work.
 */
export class OneAtATime {
  private readonly tails = new Map<string, { readonly done: Promise<unknown>; readonly length: number }>();

  /**
   * @param limit how many may wait for one key
   * @param patience how long each of them waits for its turn, in milliseconds
   */
  constructor(
    private readonly limit: number,
    private readonly patience = PATIENCE,
  ) {}

  /** @throws Refusal `overloaded` if too many are waiting, or the turn does not come in time; the work is then not started */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const length = (before?.length ?? 0) + 1;
    if (length > this.limit + 1) throw overloaded();
    const result = before === undefined ? work() : this.inTurn(before.done, work);
    const done = (before === undefined ? result : Promise.allSettled([before.done, result]))
      .then(noop, noop)
      .then(() => this.leave(key));
    this.tails.set(key, { done, length });
    return result;
  }

  private async inTurn<T>(before: Promise<unknown>, work: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(overloaded()), this.patience);
    });
    try {
      await Promise.race([before, late]);
    } finally {
      clearTimeout(timer);
    }
    return work();
  }

  private leave(key: string): void {
    const tail = this.tails.get(key);
    if (tail === undefined || tail.length === 1) this.tails.delete(key);
    else this.tails.set(key, { ...tail, length: tail.length - 1 });
  }
}

const noop = () => undefined;
