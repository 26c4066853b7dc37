import { ProblemError } from '@watchword/platform';

const SHORTEST = 8;
const LONGEST = 128;

/** What a password is chosen for: words of it make bad passwords. */
export interface PasswordContext {
  readonly email: string;
  readonly name?: string | undefined;
}

/** Decides whether a password may be chosen (NIST SP 800-63B §3.1.1.2): length, and what attackers try first. */
export class PasswordPolicy {
  /** @throws ProblemError `password_rejected` saying why, for the person who chooses */
  check(password: string, _context: PasswordContext): void {
    const length = Array.from(password.normalize('NFKC')).length;
    if (length < SHORTEST) throw rejected(`It must have at least ${String(SHORTEST)} characters`);
    if (length > LONGEST) throw rejected(`It must have at most ${String(LONGEST)} characters`);
  }
}

function rejected(message: string): ProblemError {
  return new ProblemError(422, 'password_rejected', `This password can't be used. ${message}`, {
    errors: [{ field: 'password', message }],
  });
}
