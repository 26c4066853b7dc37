import type { Logger } from '@nestjs/common';
import type { AuthError, AuthErrorCode } from '../../verification/index.js';
import { LineLimit } from './line-limit.js';

/** The private reasons of refusals, a bounded number of lines of each code. How many were left out is a line too. */
export class RefusalLog {
  readonly #limit = new LineLimit<AuthErrorCode>((code, count) =>
    this.#line(code, `${count} more requests were refused within a second: ${code}`),
  );

  constructor(private readonly logger: Pick<Logger, 'debug' | 'warn'>) {}

  /** A request without credentials is everyday and only a debug line. */
  write(error: AuthError, where: () => string): void {
    if (this.#limit.allows(error.code)) this.#line(error.code, `${where()} refused as ${named(error)}`);
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
