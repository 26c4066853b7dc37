import { systemClock } from '@watchword/auth';
import { loadConfig, openDatabase, OperatorError, readEnvironment } from '@watchword/platform';
import { isEmail } from 'class-validator';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AuthConfig } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import * as schema from '../database/schema/index.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { EndSessions } from '../sessions/end-sessions.js';
import { SessionStore } from '../sessions/session-store.js';
import { AccountStore } from './account-store.js';
import { removePasswordFile, writePasswordFile } from './password-file.js';
import { PasswordHasher } from './password-hasher.js';
import { randomPassword } from './random-password.js';
import { RecoverAdministrator } from './recover-administrator.js';

const APP = 'auth';
const PASSWORD_FILE = 'recovered-administrator-password';

/**
 * The command for an operator to get an administrator when nobody can log in to `/admin`. It uses the database of the app's
 * environment, and writes the new password into a file that only its owner can read.
 *
 * @param args the arguments of the command line: the email address
 * @returns the message for the operator; it never contains the password
 * @throws OperatorError for wrong arguments, a missing database, or if a running app has the embedded database open
 */
export async function recover(args: readonly string[], migrationsFolder: string): Promise<string> {
  const email = readEmail(args);
  const config = loadConfig(APP, AuthConfig, readEnvironment(APP));
  const dataDirectory = resolve(config.DATA_DIR);
  if (config.DATABASE_URL === undefined && !existsSync(join(dataDirectory, APP))) throw noDatabase(dataDirectory);
  const database = await openDatabase({
    app: APP,
    schema,
    migrationsFolder,
    url: config.DATABASE_URL,
    poolSize: 1,
    dataDirectory,
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    return await recoverIn(
      database.db,
      email,
      randomPassword(config.PASSWORD_MIN_LENGTH),
      join(dataDirectory, PASSWORD_FILE),
    );
  } finally {
    await database.close();
  }
}

async function recoverIn(db: AuthDatabase, email: string, password: string, file: string): Promise<string> {
  const accounts = new AccountStore();
  if (!(await accounts.hasAny(db))) {
    throw new OperatorError(`This database has no accounts. Start ${APP}: it creates the first administrator.`);
  }
  const audit = new AuditLog(systemClock);
  const endSessions = new EndSessions(db, new SessionStore(), new SecurityEventLog(systemClock), audit, systemClock);
  const hasher = new PasswordHasher({ concurrency: 1, queueLimit: 1 });
  const recoverAdministrator = new RecoverAdministrator(db, accounts, hasher, endSessions, audit, systemClock);
  writePasswordFile(file, password, 'Allow this user to write there, or set DATA_DIR.');
  try {
    const outcome = await recoverAdministrator.run(email, password);
    return `${email} ${OUTCOMES[outcome]}. The password is in ${file}, which only this user can read: log in with it, change it, and delete the file.`;
  } catch (error) {
    removePasswordFile(file);
    throw error;
  }
}

const OUTCOMES = {
  made: 'has a new account, and is an administrator',
  recovered: 'is an administrator; its earlier sessions have ended',
} as const;

function readEmail(args: readonly string[]): string {
  const [email, ...others] = args;
  if (email !== undefined && others.length === 0 && isEmail(email)) return email;
  throw new OperatorError(
    'Give it one email address, of the account that should be an administrator: recover.js ada@example.com',
  );
}

function noDatabase(directory: string): OperatorError {
  return new OperatorError(
    `There is no database of ${APP} in ${directory}. Run this where ${APP} runs, with its environment: DATA_DIR or DATABASE_URL.`,
  );
}
