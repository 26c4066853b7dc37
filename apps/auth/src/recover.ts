import { runCommand } from '@watchword/platform';
import { join } from 'node:path';
import { recover } from './accounts/recover.js';

await runCommand('recover', () => recover(process.argv.slice(2), join(import.meta.dirname, 'database/migrations')));
