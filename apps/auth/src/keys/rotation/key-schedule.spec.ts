import { jest } from '@jest/globals';
import { AuthConfig } from '../../config/index.js';
import { KeyRing } from '../publishing/key-ring.js';
import type { KeyRotation } from './key-rotation.js';
import { KeySchedule } from './key-schedule.js';

const HOUR = 3_600_000;

describe('KeySchedule', () => {
  let database: 'there' | 'away';
  let looks: number;
  let schedule: KeySchedule;

  beforeEach(async () => {
    jest.useFakeTimers();
    database = 'there';
    looks = 0;
    const rotation = { rotateIfDue: async () => false, destroyRetired: async () => undefined };
    const ring = new KeyRing(
      async () => {
        looks += 1;
        if (database === 'away') throw new Error('The database is away');
        return [];
      },
      HOUR,
      { now: () => 0 },
    );
    const config = Object.assign(new AuthConfig(), { KEY_RING_POLL: HOUR / 1000 });
    schedule = new KeySchedule(rotation as unknown as KeyRotation, ring, config);
    await schedule.onModuleInit();
  });

  afterEach(async () => {
    await schedule.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  it('looks again within a second after a look that failed, and at its interval after one that did not', async () => {
    database = 'away';
    await jest.advanceTimersByTimeAsync(HOUR);
    expect(looks).toBe(2);
    database = 'there';
    await jest.advanceTimersByTimeAsync(1000);
    expect(looks).toBe(3);
    await jest.advanceTimersByTimeAsync(HOUR - 1000);
    expect(looks).toBe(3);
  });

  it('looks no more once the app shuts down', async () => {
    await schedule.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(3 * HOUR);
    expect(looks).toBe(1);
  });
});
