import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Question } from './messages.js';

/** V8 shrinks the heap of a process that idles for seconds. A server under load never does, one that waits for its turn would. */
const AS_IF_BUSY = ['--no-memory-reducer'];

/** A process of the bench, asked one thing at a time. */
export class Child {
  readonly #process: ChildProcess;
  #lastId = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts `dist/<entry>.js`, told its name, and waits until it answers. */
  static start(entry: string, name = ''): Promise<Child> {
    return Child.#fork(ownFile(entry), name, { args: [name] });
  }

  /** Starts a program that is none of the bench's, with this environment alone; it can be asked for its CPU time. */
  static startProgram(file: string, name: string, env: Readonly<Record<string, string>>): Promise<Child> {
    return Child.#fork(file, name, { preload: ownFile('answer-cpu'), env });
  }

  static async #fork(
    file: string,
    name: string,
    { args = [], preload, env = process.env }: ForkOptions,
  ): Promise<Child> {
    const child = new Child(
      fork(file, args, {
        execArgv: [...AS_IF_BUSY, ...(preload ? ['--import', preload] : []), ...profiling(name)],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        // Several peers print deprecations; the children's own errors must stay readable.
        env: { PATH: process.env['PATH'], ...env, NODE_NO_WARNINGS: '1', NODE_ENV: 'production' },
      }),
    );
    await child.ask('ping');
    return child;
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

interface ForkOptions {
  readonly args?: string[];
  readonly preload?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function ownFile(entry: string): string {
  return join(import.meta.dirname, `${entry}.js`);
}

/** With BENCH_PROFILE=<name> the child of that name writes a CPU profile to results/profile/ when it ends. */
function profiling(name: string): string[] {
  const wanted = name !== '' && process.env['BENCH_PROFILE'] === name;
  return wanted ? ['--cpu-prof', `--cpu-prof-dir=${join(import.meta.dirname, '../results/profile')}`] : [];
}
