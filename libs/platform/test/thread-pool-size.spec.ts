import { threadPoolSize } from '@watchword/platform';

describe('the size of the thread pool', () => {
  it('is that of the process itself', () => {
    expect(threadPoolSize()).toBe(Number(process.env['UV_THREADPOOL_SIZE'] ?? 4));
  });

  it.each([
    ['16', 16],
    ['2', 2],
    ['', 1],
    ['0', 1],
    ['many', 1],
    ['5000', 1024],
    ['-1', 1024],
  ])('is for UV_THREADPOOL_SIZE=%s what libuv makes of it: %d', (variable, threads) => {
    expect(threadPoolSize(variable)).toBe(threads);
  });
});
