import { Logger } from '@nestjs/common';
import { join } from 'node:path';
import { removePasswordFile, writePasswordFile } from './password-file.js';

/** How the operator receives the random password of the first administrator. */
export interface PasswordAnnouncement {
  /** Called before the account is created: if the password cannot be announced, it must not be set. */
  prepare(email: string, password: string): void;
  /** Called after the account was created. */
  announce(email: string, password: string): void;
  /** Called if the account was not created. */
  withdraw(): void;
}

/** Prints the password once on standard output, not in the log. For development only: elsewhere standard output is the log. */
export const printedPassword: PasswordAnnouncement = {
  prepare: () => undefined,
  announce: (email, password) => {
    process.stdout.write(`First administrator: ${email} password: ${password}\n`);
  },
  withdraw: () => undefined,
};

/** Writes the password into a file that only its owner can read. The log has the path. */
export class PasswordFile implements PasswordAnnouncement {
  private readonly path: string;

  constructor(directory: string) {
    this.path = join(directory, 'first-administrator-password');
  }

  /** @throws OperatorError if the file cannot be written */
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
