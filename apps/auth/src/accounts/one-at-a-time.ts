import { overloaded } from './overloaded.js';

/**
 * Does the work for one key in turn, while that for other keys goes on. So a count that is taken before the work and
 * given back after it never counts what is only waiting.
 */
export class OneAtATime {
  private readonly tails = new Map<string, { readonly done: Promise<unknown>; readonly length: number }>();

  /** @param limit how many may wait for one key */
  constructor(private readonly limit: number) {}

  /** @throws ProblemError `overloaded` when too many wait already */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const length = (before?.length ?? 0) + 1;
    if (length > this.limit + 1) throw overloaded();
    const result = (before?.done ?? Promise.resolve()).then(work);
    const done = result.then(noop, noop).then(() => this.leave(key));
    this.tails.set(key, { done, length });
    return result;
  }

  private leave(key: string): void {
    const tail = this.tails.get(key);
    if (tail === undefined || tail.length === 1) this.tails.delete(key);
    else this.tails.set(key, { ...tail, length: tail.length - 1 });
  }
}

const noop = () => undefined;
