import { parseLogLine } from './app-process.mjs';

/** @import { AppName } from './apps.mjs' */

const COLORS = { auth: 33, catalog: 36, orders: 35, inventory: 32 };

/** What Nest says of its own start; it hides what the app has to say. */
const NOISE = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * Prints a line of an app's log, with the app's name before it, for people.
 *
 * @param {AppName} app
 * @param {string} line
 */
export function printLogLine(app, line) {
  const name = `[${app}]`.padEnd(11);
  const prefix = process.stdout.isTTY ? `\u001B[${COLORS[app]}m${name}\u001B[0m` : name;
  const entry = parseLogLine(line);
  if (entry === undefined) return console.log(`${prefix} ${line}`);
  if (entry.level === 'log' && NOISE.has(String(entry.fields['context']))) return undefined;
  const level = entry.level === 'log' ? '' : `${entry.level.toUpperCase()} `;
  return console.log(`${prefix} ${level}${entry.message}${details(entry.fields)}`);
}

/** @param {Readonly<Record<string, unknown>>} fields */
function details({ time: _time, level: _level, app: _app, context: _context, msg: _msg, requestId, ...fields }) {
  const error = /** @type {{ stack?: string } | undefined} */ (fields['error']);
  // Last, because it is long. It is what a problem document names.
  const all = requestId === undefined ? fields : { ...fields, requestId };
  const rest = Object.entries(all).filter(([name]) => name !== 'error');
  const shown = rest.map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return shown.join('') + (error === undefined ? '' : `\n${error.stack ?? JSON.stringify(error)}`);
}
