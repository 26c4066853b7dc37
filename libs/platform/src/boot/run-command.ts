import { reportBootFailure } from './boot-failure.js';

/**
 * Runs a command that an operator calls by hand, and prints what it answers. Never rejects: what keeps it from its work is
 * printed as one clear message, and the process exits with 1.
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
