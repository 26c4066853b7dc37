import type { Logger } from '@nestjs/common';
import type { AuthError, AuthErrorCode } from '../../verification/index.js';
import { LineLimit } from './line-limit.js';

/** Logs the private reasons of refusals, with a limit for each code. Another line says how many were left out. */
export class RefusalLog {
  readonly #limit = new LineLimit<AuthErrorCode>((code, count) =>
    this.#line(code, `${count} more requests were refused within a second: ${code}`),
  );

  constructor(private readonly logger: Pick<Logger, 'debug' | 'warn'>) {}

  /** A request without credentials is common, so it is only a debug line. */
  write(error: AuthError, where: () => string): void {
    if (this.#limit.allows(error.code)) this.#line(error.code, `${where()} refused as ${named(error)}`);
  }

  #line(code: AuthErrorCode, line: string): void {
    if (code === 'credentials_missing') this.logger.debug(line);
    else this.logger.warn(line);
  }
}

/** Not as `code: reason`: a log redactor would take the text after `token_malformed:` for a token. */
function named({ code, claim, reason }: AuthError): string {
  const why = [claim, reason].filter((part) => part !== undefined).join(': ');
  return why === '' ? code : `${code} (${why})`;
}
