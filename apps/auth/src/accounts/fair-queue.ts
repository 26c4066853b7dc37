import { overloaded } from './overloaded.js';

export interface FairQueueOptions {
  /** How many run at the same time. */
  readonly concurrency: number;
  /** How many may wait, in all groups together. */
  readonly queueLimit: number;
}

interface Waiter {
  begin(): void;
  refuse(error: Error): void;
}

/**
 * A bounded queue that is shared fairly between groups: they take turns. If the queue is full, a new entry replaces the last entry
 * of the longest group. So a group that floods the queue cannot exclude the others.
 */
export class FairQueue {
  private running = 0;
  private length = 0;
  /** The waiting entries by group; the group whose turn is next is first. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly options: FairQueueOptions) {}

  /** @throws Refusal `overloaded` if too many are waiting, immediately or later */
  async run<T>(group: string, work: () => Promise<T>): Promise<T> {
    if (this.running < this.options.concurrency) this.running += 1;
    else await this.turn(group);
    try {
      return await work();
    } finally {
      if (!this.beginNext()) this.running -= 1;
    }
  }

  /** Resolves when a running slot was handed over. */
  private turn(group: string): Promise<void> {
    if (this.length >= this.options.queueLimit) this.makeRoomFor(group);
    return new Promise((begin, refuse) => {
      this.waitersOf(group).push({ begin, refuse });
      this.length += 1;
    });
  }

  private waitersOf(group: string): Waiter[] {
    const known = this.waiting.get(group);
    if (known !== undefined) return known;
    const made: Waiter[] = [];
    this.waiting.set(group, made);
    return made;
  }

  /** Refuses the last entry of the longest group, or the new entry if its own group would then be the longest. */
  private makeRoomFor(group: string): void {
    const own = this.waiting.get(group)?.length ?? 0;
    let longest: Waiter[] = [];
    for (const waiters of this.waiting.values()) if (waiters.length > longest.length) longest = waiters;
    if (longest.length <= own + 1) throw overloaded();
    longest.pop()?.refuse(overloaded());
    this.length -= 1;
  }

  private beginNext(): boolean {
    for (const [group, waiters] of this.waiting) {
      this.waiting.delete(group);
      const next = waiters.shift();
      if (waiters.length > 0) this.waiting.set(group, waiters);
      if (next === undefined) continue;
      this.length -= 1;
      next.begin();
      return true;
    }
    return false;
  }
}
