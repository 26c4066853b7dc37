import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

/**
 * @typedef {object} AppOptions
 * @property {string} name of the app, as in `apps/`
 * @property {Readonly<Record<string, string>>} env the whole environment of the process
 * @property {string} cwd where `.env` and relative paths are looked up
 * @property {(line: string) => void} [onLine] called with each line that the app prints
 */

/** @typedef {{ readonly code: number | null, readonly signal: NodeJS.Signals | null }} Exit */

/** A built app as a process of its own. */
export class AppProcess {
  /** Every line it printed so far. */
  lines = /** @type {string[]} */ ([]);
  /** Resolves when the process is gone, however it went. */
  exited;
  #child;
  /** @type {Set<(line: string) => void>} */
  #listeners = new Set();

  /** @param {AppOptions} options */
  constructor({ name, env, cwd, onLine }) {
    this.name = name;
    this.#child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/apps', name, 'main.js')], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches us alone, and we end the apps in order.
      detached: true,
    });
    if (onLine !== undefined) this.#listeners.add(onLine);
    const { promise, resolve } = withResolvers();
    this.exited = promise;
    this.#child.once('close', (code, signal) => resolve({ code, signal }));
    this.#child.once('error', (error) => this.#print(String(error)));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#print(line));
    }
  }

  get pid() {
    return this.#child.pid;
  }

  /** Whether the process is still there. */
  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * The first line, printed already or to come, that satisfies the condition.
   *
   * @param {(line: string) => boolean} condition
   * @param {number} timeout in milliseconds
   * @returns {Promise<string>} rejects with the last lines when the process ends or the time is over
   */
  line(condition, timeout) {
    const printed = this.lines.find(condition);
    if (printed !== undefined) return Promise.resolve(printed);
    return new Promise((resolve, reject) => {
      /** @param {string} line */
      const listener = (line) => {
        if (!condition(line)) return;
        done();
        resolve(line);
      };
      /** @param {string} why */
      const fail = (why) => {
        done();
        reject(new Error(`${this.name} ${why}. Its last lines:\n${this.lines.slice(-15).join('\n')}`));
      };
      const timer = setTimeout(() => fail(`did not print what was waited for within ${timeout} ms`), timeout);
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
      void this.exited.then(({ code, signal }) => fail(`ended (${signal ?? code})`));
    });
  }

  /**
   * Resolves when the app listens, which it says in a line of its own.
   *
   * @param {number} [timeout] in milliseconds
   */
  async listening(timeout = 60_000) {
    await this.line((line) => parseLogLine(line)?.message === 'ready', timeout);
  }

  /**
   * Asks the app to shut down and waits until it is gone.
   *
   * @param {NodeJS.Signals} [signal] SIGKILL for a crash
   * @returns {Promise<Exit>}
   */
  stop(signal = 'SIGTERM') {
    if (this.running) this.#child.kill(signal);
    return this.exited;
  }

  /** @param {string} line */
  #print(line) {
    this.lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }
}

/**
 * @typedef {object} LogLine
 * @property {string} message
 * @property {string} level
 * @property {Readonly<Record<string, unknown>>} fields
 */

/**
 * What a structured log line says, or undefined for a line that is none.
 *
 * @param {string} line
 * @returns {LogLine | undefined}
 */
export function parseLogLine(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields = JSON.parse(line);
    return { message: String(fields.msg), level: String(fields.level ?? 'log'), fields };
  } catch {
    return undefined;
  }
}

/** @returns {{ promise: Promise<Exit>, resolve: (exit: Exit) => void }} */
function withResolvers() {
  /** @type {(exit: Exit) => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(exit: Exit) => void} */ settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
