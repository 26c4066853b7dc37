import { DownstreamError, downstreamReason } from './downstream-error.js';

const failed = (cause?: unknown): DownstreamError =>
  new DownstreamError({ status: 502, code: 'bad_gateway', message: 'The service catalog failed' }, { cause });

it.each([
  [
    'an error of errors',
    new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
    'fetch failed: connect ECONNREFUSED',
  ],
  ['an error that has a code alone', Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ["another service's words, in one line", 'broken\nat line 7', 'broken at line 7'],
  ["another service's silence", {}, 'no reason given'],
])('has %s', (_, cause, reason) => {
  expect(downstreamReason(failed(cause))).toBe(`The service catalog failed: ${reason}`);
});

it('is what the caller was told where nothing more is known', () => {
  expect(downstreamReason(failed())).toBe('The service catalog failed');
});

it('ends, however long the words and however deep the causes', () => {
  const circular = new Error('x'.repeat(10_000));
  circular.cause = circular;
  expect(downstreamReason(failed(circular)).length).toBeLessThan(2000);
});
