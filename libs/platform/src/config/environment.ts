import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of an app: the variables of the process, then `.env.<app>`, then `.env` of the working directory; the first one
 * wins. An empty variable of the process also hides the value of the files.
 */
export function readEnvironment(
  app: string,
  directory: string = process.cwd(),
  own: Environment = process.env,
): Environment {
  return { ...readFile(join(directory, '.env')), ...readFile(join(directory, `.env.${app}`)), ...own };
}

function readFile(path: string): Environment {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}
