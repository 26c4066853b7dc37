import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { AppProcess } from './app-process.mjs';
import { APPS, environmentFor } from './apps.mjs';

/** @import { AppName, Ports } from './apps.mjs' */

/** A thread for each core that may hash a password, and four for everything else, as in the Dockerfile: libuv reads it before the app runs. */
const THREADS = String(availableParallelism() + 3);

/**
 * @typedef {object} SystemOptions
 * @property {Ports} ports
 * @property {string} cwd where `.env` and relative paths are looked up
 * @property {Readonly<Record<string, string>>} [env] for every app
 * @property {Readonly<Partial<Record<AppName, Readonly<Record<string, string>>>>>} [appEnv] for one app each
 * @property {(app: AppName, line: string) => void} [onLine] called with each line that an app prints
 */

/** The four apps on this machine, as processes that find one another. */
export class LocalSystem {
  /** @type {Map<AppName, AppProcess>} */
  #processes = new Map();
  #options;
  #environment;

  /** @param {SystemOptions} options */
  constructor(options) {
    this.#options = options;
    this.#environment = environmentFor(options.ports);
  }

  /**
   * The base URL of an app's HTTP side.
   *
   * @param {AppName} app
   */
  url(app) {
    return `http://127.0.0.1:${this.#options.ports[app]}`;
  }

  /** Where inventory takes TCP messages. */
  get tcp() {
    return { host: '127.0.0.1', port: this.#options.ports.tcp };
  }

  /**
   * The process of an app that was started.
   *
   * @param {AppName} app
   * @returns {AppProcess}
   */
  app(app) {
    const running = this.#processes.get(app);
    if (running === undefined) throw new Error(`${app} was not started`);
    return running;
  }

  /**
   * What an app gets from us.
   *
   * @param {AppName} app
   * @returns {Record<string, string>}
   */
  environmentOf(app) {
    const { env = {}, appEnv = {} } = this.#options;
    return { UV_THREADPOOL_SIZE: THREADS, ...env, ...this.#environment[app], ...appEnv[app] };
  }

  /**
   * Starts an app, again if it ended before. Does not wait for it.
   *
   * @param {AppName} app
   * @param {Readonly<Record<string, string>>} [env] on top of the options'
   * @returns {AppProcess}
   */
  start(app, env = {}) {
    const { cwd, onLine } = this.#options;
    const started = new AppProcess({
      name: app,
      cwd,
      env: { ...this.environmentOf(app), ...env },
      ...(onLine && { onLine: (line) => onLine(app, line) }),
    });
    this.#processes.set(app, started);
    return started;
  }

  /** Starts all four at once. Does not wait for them. */
  startAll() {
    for (const app of APPS) this.start(app);
  }

  /**
   * Resolves when these apps answer that they are ready.
   *
   * @param {number} [timeout] in milliseconds
   * @param {readonly AppName[]} [apps]
   * @returns {Promise<void>} rejects with an app's last lines when it ends first or the time is over
   */
  async ready(timeout = 60_000, apps = APPS) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    try {
      await Promise.all(apps.map((app) => this.#appReady(app, abort.signal)));
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  /** Resolves with the first app that ends by itself, and how. */
  firstToEnd() {
    return Promise.race([...this.#processes].map(async ([app, running]) => ({ app, exit: await running.exited })));
  }

  /**
   * Shuts all apps down, callers before those whom they call, and waits until they are gone.
   *
   * @param {NodeJS.Signals} [signal]
   */
  async stop(signal = 'SIGTERM') {
    for (const app of APPS) await this.#processes.get(app)?.stop(signal);
  }

  /**
   * @param {AppName} app
   * @param {AbortSignal} signal
   */
  async #appReady(app, signal) {
    const running = this.app(app);
    let answer = 'nothing';
    while (!signal.aborted) {
      if (!running.running)
        throw new Error(`${app} ended before it was ready:\n${running.lines.slice(-15).join('\n')}`);
      const response = await fetch(`${this.url(app)}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      );
      if (response?.status === 200) return;
      if (response !== undefined) answer = `${response.status} ${await response.text().catch(() => '')}`;
      await delay(50);
    }
    throw new Error(
      `${app} was not ready in time; it answered ${answer}. Its last lines:\n${running.lines.slice(-15).join('\n')}`,
    );
  }
}
