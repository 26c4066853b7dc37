import { availableParallelism } from 'node:os';
import { Logger } from '@nestjs/common';
import { threadPoolSize } from '@watchword/platform';
import type { AuthConfig } from '../config/index.js';
import { hashingConcurrency } from './hashing-concurrency.js';
import { PasswordHasher } from './password-hasher.js';

/**
 * Creates the password hasher. Logs a warning if the thread pool is too small for the CPU cores.
 *
 * @throws OperatorError if more concurrent hashes are configured than the pool has threads for
 */
export function createPasswordHasher({ PASSWORD_HASH_CONCURRENCY, PASSWORD_HASH_QUEUE }: AuthConfig): PasswordHasher {
  const cores = availableParallelism();
  const threads = threadPoolSize();
  const concurrency = hashingConcurrency(PASSWORD_HASH_CONCURRENCY, { cores, threads });
  if (PASSWORD_HASH_CONCURRENCY === 0 && concurrency < cores - 1) {
    new Logger('Passwords').warn(
      `The thread pool allows fewer concurrent password hashes than the CPU cores do: start the process with UV_THREADPOOL_SIZE=${String(cores + 3)}`,
      { concurrency, cores, threads },
    );
  }
  return new PasswordHasher({ concurrency, queueLimit: PASSWORD_HASH_QUEUE });
}
