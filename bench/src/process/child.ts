import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Question } from './messages.js';

/** A process of the bench, asked one thing at a time. */
export class Child {
  readonly #process: ChildProcess;
  #lastId = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts `dist/<entry>.js` and waits until it answers. With BENCH_PROFILE=<name> that child writes a CPU profile. */
  static async start(entry: string, name = ''): Promise<Child> {
    const profiled = name !== '' && process.env['BENCH_PROFILE'] === name;
    const child = fork(join(import.meta.dirname, `${entry}.js`), [name], {
      execArgv: profiled ? ['--cpu-prof', `--cpu-prof-dir=results/profile-${name}`] : [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // @keycloak and others print deprecations; the children's own errors must stay readable.
      env: { ...process.env, NODE_NO_WARNINGS: '1', NODE_ENV: 'production' },
    });
    const bench = new Child(child);
    await bench.ask('ping');
    return bench;
  }

  /** Rejects with the child's own error, or when it ends instead of answering. */
  ask<Result>(command: string, argument?: unknown): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      const heard = (answer: Answer): void => {
        if (answer.id !== id) return;
        this.#process.off('message', heard).off('exit', died);
        if (answer.error === undefined) resolve(answer.result as Result);
        else reject(new Error(`${command}: ${answer.error}`));
      };
      const died = (code: number | null): void => reject(new Error(`The child ended with ${code} during ${command}`));
      this.#process.on('message', heard).once('exit', died);
      this.#process.send({ id, command, argument } satisfies Question);
    });
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }
}
