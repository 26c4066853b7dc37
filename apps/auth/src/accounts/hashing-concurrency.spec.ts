import { stat } from 'node:fs/promises';
import { OperatorError, threadPoolSize } from '@watchword/platform';
import { hashingConcurrency } from './hashing-concurrency.js';
import { PasswordHasher } from './password-hasher.js';

describe('how many passwords are hashed at once', () => {
  it.each([
    [{ cores: 1, threads: 4 }, 1],
    [{ cores: 2, threads: 4 }, 1],
    [{ cores: 4, threads: 4 }, 3],
    [{ cores: 64, threads: 4 }, 3],
    [{ cores: 64, threads: 67 }, 63],
    [{ cores: 8, threads: 2 }, 1],
  ])('is by default one less than cores, and leaves a thread: %j', (machine, expected) => {
    expect(hashingConcurrency(0, machine)).toBe(expected);
  });

  it('is what is configured where that leaves a thread', () => {
    expect(hashingConcurrency(3, { cores: 1, threads: 4 })).toBe(3);
    expect(hashingConcurrency(12, { cores: 2, threads: 13 })).toBe(12);
  });

  it.each([
    [
      4,
      4,
      'UV_THREADPOOL_SIZE=8 or more in its environment (not in .env), or set PASSWORD_HASH_CONCURRENCY to 3 or less',
    ],
    [64, 4, 'UV_THREADPOOL_SIZE=68'],
    [1, 1, 'UV_THREADPOOL_SIZE=5'],
    [0, 1, 'UV_THREADPOOL_SIZE=5'],
  ])('refuses %d for a pool of %d, and says what to do', (configured, threads, mend) => {
    const concurrency = () => hashingConcurrency(configured, { cores: 64, threads });
    expect(concurrency).toThrow(OperatorError);
    expect(concurrency).toThrow(mend);
  });

  it('leaves a thread for files while any number of passwords wait', async () => {
    const threads = threadPoolSize();
    const concurrency = hashingConcurrency(0, { cores: 64, threads });
    const hasher = new PasswordHasher({ concurrency, queueLimit: 100 });
    let ended = 0;
    const hashes = Array.from({ length: 10 * threads }, async () => {
      await hasher.hash('secret', '192.0.2.1');
      ended += 1;
    });
    await stat('.');
    expect(ended).toBeLessThan(threads);
    await Promise.all(hashes);
  });
});
