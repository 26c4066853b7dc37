import type { AttemptLimit } from './attempt-limit.js';
import { refusalCode } from './refusal-code.js';

/** A limit for an attempt, and the effect of a successful attempt on the count. */
export interface Count {
  readonly limit: AttemptLimit;
  readonly subject: string;
  /** `keep`: a success counts. `give back`: it does not count. `forgive`: it and the failures before it do not count. */
  readonly success: 'keep' | 'give back' | 'forgive';
  readonly failure: 'keep' | 'give back';
}

/** An attempt that counts towards several limits at once. */
export class CountedAttempt {
  private constructor(private readonly counts: readonly Count[]) {}

  /** @throws Refusal `too_many_attempts`; then nothing is counted */
  static async begin(counts: readonly Count[]): Promise<CountedAttempt> {
    const results = await Promise.allSettled(counts.map(({ limit, subject }) => limit.begin(subject)));
    const refused = results.find((result) => result.status === 'rejected');
    if (refused === undefined) return new CountedAttempt(counts);
    const counted = counts.filter((_, index) => results[index]?.status === 'fulfilled');
    await Promise.all(counted.map(({ limit, subject }) => limit.giveBack(subject)));
    throw refused.reason;
  }

  /**
   * Runs the attempt, and counts its result.
   *
   * @param wrongGuess the code of the error for a wrong guess. Attempts with any other error do not count
   */
  async run<T>(wrongGuess: string, work: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await (refusalCode(error) === wrongGuess ? this.failed() : this.abandoned());
      throw error;
    }
    await this.succeeded();
    return result;
  }

  private async succeeded(): Promise<void> {
    const counts = this.counts.filter(({ success }) => success !== 'keep');
    await Promise.all(
      counts.map(({ limit, subject, success }) =>
        success === 'forgive' ? limit.forgive(subject) : limit.giveBack(subject),
      ),
    );
  }

  private async failed(): Promise<void> {
    await this.giveBack(({ failure }) => failure === 'give back');
  }

  /** The attempt had no result: it does not count. */
  private async abandoned(): Promise<void> {
    await this.giveBack(() => true);
  }

  private async giveBack(which: (count: Count) => boolean): Promise<void> {
    await Promise.all(this.counts.filter(which).map(({ limit, subject }) => limit.giveBack(subject)));
  }
}
