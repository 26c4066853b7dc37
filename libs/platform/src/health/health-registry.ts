import { Injectable } from '@nestjs/common';

/** Rejects while this part does not work. The message is public. */
export type HealthCheck = () => Promise<void> | void;

export type CheckResult = { readonly status: 'ok' } | { readonly status: 'failed'; readonly reason: string };

export interface HealthReport {
  readonly status: 'ready' | 'not ready';
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** How long a check may take, in milliseconds. */
const CHECK_TIMEOUT_MS = 2_000;

/** The checks that must pass before this instance receives requests. Modules add their own checks. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>();

  /** @throws TypeError if there is already a check with this name */
  register(name: string, check: HealthCheck): void {
    if (this.checks.has(name)) throw new TypeError(`There is already a health check "${name}"`);
    this.checks.set(name, check);
  }

  /** Runs all checks at once. */
  async report(): Promise<HealthReport> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        const reason = await failureOf(check);
        const result: CheckResult = reason === undefined ? { status: 'ok' } : { status: 'failed', reason };
        return [name, result] as const;
      }),
    );
    const ready = entries.every(([, { status }]) => status === 'ok');
    return { status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(entries) };
  }
}

async function failureOf(check: HealthCheck): Promise<string | undefined> {
  const timeout = new Promise<string>((resolve) => {
    setTimeout(() => resolve(`no answer within ${String(CHECK_TIMEOUT_MS)} ms`), CHECK_TIMEOUT_MS).unref();
  });
  const failure = Promise.resolve()
    .then(check)
    .then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  return Promise.race([failure, timeout]);
}
