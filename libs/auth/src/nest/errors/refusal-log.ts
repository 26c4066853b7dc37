import type { Logger } from '@nestjs/common';
import type { AuthError, AuthErrorCode } from '../../verification/index.js';

const LINES = 10;
const WINDOW = 1000;

/**
 * The private reasons of refusals, at most {@link LINES} lines of one code in {@link WINDOW} milliseconds: who sends bad tokens
 * by the thousand must not fill the disk, and must not hide a refusal of another kind. How many were left out is a line too.
 */
export class RefusalLog {
  readonly #counts = new Map<AuthErrorCode, number>();

  constructor(private readonly logger: Pick<Logger, 'debug' | 'warn'>) {}

  /** A request without credentials is everyday and only a debug line. */
  write(error: AuthError, where: () => string): void {
    if (this.#counts.size === 0) setTimeout(() => this.#endWindow(), WINDOW).unref();
    const count = (this.#counts.get(error.code) ?? 0) + 1;
    this.#counts.set(error.code, count);
    if (count <= LINES) this.#line(error.code, `${where()} refused as ${named(error)}`);
  }

  #endWindow(): void {
    for (const [code, count] of this.#counts) {
      if (count > LINES) this.#line(code, `${count - LINES} more requests were refused within a second: ${code}`);
    }
    this.#counts.clear();
  }

  #line(code: AuthErrorCode, line: string): void {
    if (code === 'credentials_missing') this.logger.debug(line);
    else this.logger.warn(line);
  }
}

/** Not `code: reason`: after `token_malformed:` a redactor of logs expects a token. */
function named({ code, claim, reason }: AuthError): string {
  const why = [claim, reason].filter((part) => part !== undefined).join(': ');
  return why === '' ? code : `${code} (${why})`;
}
