import { generateKeyPairSync } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { TokenVerifier } from '@watchword/auth';
import { createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { HealthRegistry, Metrics } from '@watchword/platform';
import { KeysCheck } from '../src/health/keys-check.js';

describe('the check of keys', () => {
  const said: [level: string, ...rest: unknown[]][] = [];
  const metrics = new Metrics();
  let issuer: TestIssuer;
  let verifier: TokenVerifier;
  let check: KeysCheck;
  let more: object[] = [];

  beforeAll(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout'] });
    const levels = ['log', 'warn', 'error'] as const;
    Logger.overrideLogger(
      Object.fromEntries(levels.map((level) => [level, (...rest: unknown[]) => said.push([level, ...rest])])) as never,
    );
    issuer = await createTestIssuer();
    verifier = new TokenVerifier({
      issuers: [
        {
          issuer: issuer.issuer,
          audience: 'orders',
          keys: { load: async () => ({ keys: [...issuer.jwks().keys, ...more] as never }) },
        },
      ],
    });
    check = new KeysCheck({ get: () => verifier } as unknown as ModuleRef, new HealthRegistry(), metrics);
    check.onModuleInit();
  });

  afterAll(() => {
    check.onApplicationShutdown();
    verifier.stop();
    metrics.onApplicationShutdown();
    Logger.overrideLogger(['log', 'warn', 'error']);
    jest.useRealTimers();
  });

  const looks = async () => {
    await verifier.refreshKeys();
    said.length = 0;
    jest.advanceTimersByTime(15_000);
    return said;
  };

  it('says once, as an error, which keys of an issuer are left out, and when they are gone; it measures how many', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const gauge = `watchword_verification_keys_left_out{issuer="${issuer.issuer}"}`;
    expect(await looks()).toEqual([]);
    expect(await metrics.registry.metrics()).toContain(`${gauge} 0`);

    more = [{ ...privateKey.export({ format: 'jwk' }), kid: 'leaked' }];
    const entries = await looks();
    expect(entries).toHaveLength(1);
    expect(entries[0]?.[0]).toBe('error');
    const text = JSON.stringify(entries);
    expect(text).toContain(`${issuer.issuer}: key 1: a private member`);
    expect(text).not.toContain(privateKey.export({ format: 'jwk' }).d);
    expect(await metrics.registry.metrics()).toContain(`${gauge} 1`);
    expect(await looks()).toEqual([]);

    more = [];
    expect(await looks()).toEqual([expect.arrayContaining(['log', expect.stringContaining('valid again')])]);
  });
});
