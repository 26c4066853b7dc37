import { Logger } from '@nestjs/common';
import { join } from 'node:path';
import { removePasswordFile, writePasswordFile } from './password-file.js';

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

  constructor(directory: string) {
    this.path = join(directory, 'first-administrator-password');
  }

  /** @throws OperatorError where the file cannot be written */
  prepare(_email: string, password: string): void {
    writePasswordFile(this.path, password, 'There is no administrator yet: set ADMIN_PASSWORD.');
  }

  announce(email: string): void {
    new Logger('Administrator').warn(
      `The first administrator is ${email}; the password is in ${this.path}. Change it, and delete the file.`,
    );
  }

  withdraw(): void {
    removePasswordFile(this.path);
  }
}
