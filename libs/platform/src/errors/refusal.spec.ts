import { problemOf } from './problem.js';
import { Refusal, type RefusalKind } from './refusal.js';

describe('a refusal of the domain, at the edge', () => {
  /** RFC 9110 §15.5 and §15.6, RFC 6585 §4. */
  const statuses: readonly (readonly [RefusalKind, number])[] = [
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['unprocessable', 422],
    ['too-many', 429],
    ['failed', 502],
    ['unavailable', 503],
  ];

  it.each(statuses)('that is %s has the status %i, and its own code, words and fields', (kind, status) => {
    const errors = [{ field: 'name', message: 'is taken' }];
    const problem = problemOf(new Refusal(kind, 'some_code', 'Some words', { errors }));
    expect(problem).toMatchObject({ status, code: 'some_code', detail: 'Some words', errors });
  });

  it('says when to ask again in whole seconds, never too early', () => {
    const { headers } = problemOf(new Refusal('too-many', 'too_many_attempts', 'Later', { retryAfterMs: 1001 }));
    expect(headers).toEqual({ 'Retry-After': '2' });
  });

  it('does not show its cause', () => {
    const cause = new Error('secret');
    expect(JSON.stringify(problemOf(new Refusal('failed', 'catalog_failed', 'No', { cause })))).not.toContain('secret');
  });
});
