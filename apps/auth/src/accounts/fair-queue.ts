import { overloaded } from './overloaded.js';

export interface FairQueueOptions {
  /** How many run at once. */
  readonly concurrency: number;
  /** How many may wait, of all groups together. */
  readonly queueLimit: number;
}

interface Waiter {
  begin(): void;
  refuse(error: Error): void;
}

/**
 * A bounded queue that groups share: each has its turn, and when the queue is full a newcomer takes the place of the last
 * one of the group that has the most waiting. So a group that sends without end keeps no other out.
 */
export class FairQueue {
  private running = 0;
  private length = 0;
  /** The next group to have its turn first. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(private readonly options: FairQueueOptions) {}

  /** @throws Refusal `overloaded` when too many wait, at once or later */
  async run<T>(group: string, work: () => Promise<T>): Promise<T> {
    if (this.running < this.options.concurrency) this.running += 1;
    else await this.turn(group);
    try {
      return await work();
    } finally {
      if (!this.beginNext()) this.running -= 1;
    }
  }

  /** Resolves when a place was handed over. */
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

  /** Refuses the last of the longest group, or the newcomer where its own group would then be the longest. */
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
