import { reportBootFailure } from './boot-failure.js';

/**
 * Runs a command for operators and prints its result. Never rejects: if the command fails, one clear message is printed, and the
 * process exits with 1.
 *
 *     await runCommand('recover', () => recover(process.argv.slice(2)));
 */
export async function runCommand(name: string, command: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await command()}\n`);
  } catch (error) {
    reportBootFailure(name, error);
    process.exitCode = 1;
  }
}
