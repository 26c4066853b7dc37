import { Logger } from '@nestjs/common';
import { makeDirectory, OperatorError } from '@watchword/platform';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the person who starts the system learns the first administrator's random password. */
export interface PasswordAnnouncement {
  /** Before the account is made: a password that nobody can be told must not be set. */
  prepare(email: string, password: string): void;
  /** Once the account is made. */
  announce(email: string, password: string): void;
  /** When the account was not made. */
  withdraw(): void;
}

/** On standard output, once, and not in the log. For a laptop: elsewhere standard output is the log. */
export const printedPassword: PasswordAnnouncement = {
  prepare: () => undefined,
  announce: (email, password) => {
    process.stdout.write(`First administrator: ${email} password: ${password}\n`);
  },
  withdraw: () => undefined,
};

/** In a file that its owner alone can read. The log says where. */
export class PasswordFile implements PasswordAnnouncement {
  private readonly path: string;

  constructor(private readonly directory: string) {
    this.path = join(directory, 'first-administrator-password');
  }

  /** @throws OperatorError where the file can not be written */
  prepare(_email: string, password: string): void {
    try {
      makeDirectory(this.directory);
      this.withdraw();
      writeFileSync(this.path, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
    } catch (error) {
      throw new OperatorError(
        `There is no administrator yet, and a random password can not be written to ${this.path} ` +
          `(${(error as Error).message}). Set ADMIN_PASSWORD.`,
      );
    }
  }

  announce(email: string): void {
    new Logger('Administrator').warn(
      `The first administrator is ${email}; the password is in ${this.path}. Change it, and delete the file.`,
    );
  }

  withdraw(): void {
    rmSync(this.path, { force: true });
  }
}
