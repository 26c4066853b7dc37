import { availableParallelism } from 'node:os';
import { Logger } from '@nestjs/common';
import { threadPoolSize } from '@watchword/platform';
import type { AuthConfig } from '../config/index.js';
import { hashingConcurrency } from './hashing-concurrency.js';
import { PasswordHasher } from './password-hasher.js';

/**
 * The hasher for this machine. Says so when the thread pool is too small for its cores.
 *
 * @throws OperatorError where more hashes are configured than the pool has threads for
 */
export function createPasswordHasher({ PASSWORD_HASH_CONCURRENCY, PASSWORD_HASH_QUEUE }: AuthConfig): PasswordHasher {
  const cores = availableParallelism();
  const threads = threadPoolSize();
  const concurrency = hashingConcurrency(PASSWORD_HASH_CONCURRENCY, { cores, threads });
  if (PASSWORD_HASH_CONCURRENCY === 0 && concurrency < cores - 1) {
    new Logger('Passwords').warn(
      `The thread pool lets fewer passwords be hashed at once than the cores could: start the process with UV_THREADPOOL_SIZE=${String(cores + 3)}`,
      { concurrency, cores, threads },
    );
  }
  return new PasswordHasher({ concurrency, queueLimit: PASSWORD_HASH_QUEUE });
}
