import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Metrics } from '@watchword/platform';
import { Counter } from 'prom-client';
import type { BreachedPasswords } from './breached-passwords.js';

const PREFIX_LENGTH = 5;
/** A padded response has up to 1,600 lines of about 40 bytes. */
const MOST_BYTES = 256 * 1024;

export interface BreachedPasswordRangeOptions {
  /** The URL to which the prefix is appended: `https://api.pwnedpasswords.com/range/`. */
  readonly url: string;
  /** Milliseconds until the complete response. Default 1000. */
  readonly timeoutMs?: number;
}

/**
 * Asks a service for breached passwords with k-anonymity, in the protocol of Pwned Passwords. The service receives the first five
 * hexadecimal digits of the password's SHA-1 and returns all hashes that begin with them, so it does not learn which password was
 * checked. Padding hides the number of hashes from observers of the size of the response.
 *
 * Fails open: if the service is down, people can still choose a password. Each failure is logged and counted.
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
      help: 'New passwords that were looked up among breached ones, by result',
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
      this.logger.warn('A new password could not be looked up among breached ones, and is accepted', {
        reason: reasonOf(error),
      });
      return false;
    }
  }

  private async lookUp(hash: string): Promise<boolean> {
    const { url, timeoutMs = 1000 } = this.options;
    const response = await fetch(url.replace(/\/?$/, '/') + hash.slice(0, PREFIX_LENGTH), {
      headers: { 'add-padding': 'true', accept: 'text/plain', 'user-agent': 'watchword' },
      redirect: 'manual', // a redirect is then a response whose status is not 200
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`answered ${String(response.status)}`);
    }
    return isListed(await textOf(response), hash.slice(PREFIX_LENGTH));
  }
}

/** Each line has the rest of a hash and its number of occurrences. Padding has 0 occurrences. */
function isListed(text: string, rest: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.some((line) => !/^[0-9A-F]{35}:\d+$/i.test(line))) throw new Error('the response is not a range');
  return lines.some((line) => line.slice(0, rest.length).toUpperCase() === rest && !/:0+$/.test(line));
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error(`the response has more than ${String(MOST_BYTES)} bytes`); // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** The useful part of a `fetch` error is in its cause. Neither contains a part of the password. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
