import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Metrics } from '@watchword/platform';
import { Counter } from 'prom-client';
import type { BreachedPasswords } from './breached-passwords.js';

const PREFIX_LENGTH = 5;
/** A padded answer has up to 1,600 lines of some 40 bytes. */
const MOST_BYTES = 256 * 1024;

export interface BreachedPasswordRangeOptions {
  /** Where ranges are asked for; the prefix is appended: `https://api.pwnedpasswords.com/range/`. */
  readonly url: string;
  /** Milliseconds for the whole answer. Default 1000. */
  readonly timeoutMs?: number;
}

/**
 * Asks a service for breached passwords by k-anonymity, as Pwned Passwords has it: it learns the first five hexadecimal digits of
 * the password's SHA-1 and answers all that begin with them, so it can't tell which one was meant. Padding hides how many there are from whoever
 * sees the size of the answer.
 *
 * Fails open: a service that is away must not keep people from choosing a password. Each failure is logged and counted.
 */
export class BreachedPasswordRange implements BreachedPasswords {
  private readonly logger = new Logger('Passwords');
  private readonly lookUps: Counter<'result'>;

  constructor(
    private readonly options: BreachedPasswordRangeOptions,
    metrics: Metrics,
  ) {
    this.lookUps = new Counter({
      name: 'watchword_breached_password_lookups_total',
      help: 'New passwords that were looked up among breached ones, by what came of it',
      labelNames: ['result'],
      registers: [metrics.registry],
    });
    for (const result of ['clean', 'breached', 'failed']) this.lookUps.inc({ result }, 0);
  }

  async has(password: string): Promise<boolean> {
    try {
      const breached = await this.lookUp(createHash('sha1').update(password).digest('hex').toUpperCase());
      this.lookUps.inc({ result: breached ? 'breached' : 'clean' });
      return breached;
    } catch (error) {
      this.lookUps.inc({ result: 'failed' });
      this.logger.warn('A new password could not be looked up among breached ones, and is taken', {
        reason: reasonOf(error),
      });
      return false;
    }
  }

  private async lookUp(hash: string): Promise<boolean> {
    const { url, timeoutMs = 1000 } = this.options;
    const response = await fetch(url.replace(/\/?$/, '/') + hash.slice(0, PREFIX_LENGTH), {
      headers: { 'add-padding': 'true', accept: 'text/plain', 'user-agent': 'watchword' },
      redirect: 'manual', // its status is not 200
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`answered ${String(response.status)}`);
    }
    return isListed(await textOf(response), hash.slice(PREFIX_LENGTH));
  }
}

/** Lines of a hash's rest and how often it was seen. Padding was never seen. */
function isListed(text: string, rest: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.some((line) => !/^[0-9A-F]{35}:\d+$/i.test(line))) throw new Error('answered something else than a range');
  return lines.some((line) => line.slice(0, rest.length).toUpperCase() === rest && !/:0+$/.test(line));
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error(`answered more than ${String(MOST_BYTES)} bytes`); // leaving the loop ends it
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** fetch has the useful half in the cause. Nothing of the password is in either. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
