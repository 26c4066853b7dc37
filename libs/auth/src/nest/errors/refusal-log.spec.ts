import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AuthError, type AuthErrorCode } from '../../verification/index.js';
import { RefusalLog } from './refusal-log.js';

describe('The log of refusals', () => {
  let warnings: unknown[];
  let debugLines: unknown[];
  let log: RefusalLog;

  beforeEach(() => {
    jest.useFakeTimers();
    warnings = [];
    debugLines = [];
    log = new RefusalLog({ warn: (line) => warnings.push(line), debug: (line) => debugLines.push(line) });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function refuse(code: AuthErrorCode, times = 1): void {
    for (let i = 0; i < times; i += 1) log.write(new AuthError(code), () => 'Orders.read');
  }

  it('says where and why', () => {
    log.write(new AuthError('claim_invalid', { claim: 'sub', reason: 'empty' }), () => 'Orders.read');
    expect(warnings).toEqual(['Orders.read refused as claim_invalid (sub: empty)']);
  });

  it('writes a bounded number of lines in a flood, and then how many it left out', () => {
    refuse('key_unknown', 10_000);
    expect(warnings).toHaveLength(10);
    jest.advanceTimersByTime(1000);
    expect(warnings).toHaveLength(11);
    expect(warnings.at(-1)).toBe('9990 more requests were refused within a second: key_unknown');
  });

  it('lets no flood of one kind hide a refusal of another', () => {
    refuse('key_unknown', 10_000);
    refuse('token_revoked');
    expect(warnings.at(-1)).toBe('Orders.read refused as token_revoked');
  });

  it('writes again in the next second', () => {
    refuse('key_unknown', 11);
    jest.advanceTimersByTime(1000);
    warnings.length = 0;
    refuse('key_unknown');
    expect(warnings).toEqual(['Orders.read refused as key_unknown']);
  });

  it('has nothing to add when nothing was left out, and leaves no timer behind', () => {
    refuse('key_unknown', 10);
    jest.advanceTimersByTime(1000);
    expect(warnings).toHaveLength(10);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('mentions a request without credentials to those alone who debug', () => {
    refuse('credentials_missing', 11);
    jest.advanceTimersByTime(1000);
    expect(debugLines).toHaveLength(11);
    expect(warnings).toEqual([]);
  });

  it('does not work out where a refusal happened that it leaves out', () => {
    const where = jest.fn(() => 'Orders.read');
    for (let i = 0; i < 1000; i += 1) log.write(new AuthError('key_unknown'), where);
    expect(where).toHaveBeenCalledTimes(10);
  });
});
