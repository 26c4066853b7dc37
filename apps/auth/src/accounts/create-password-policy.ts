import type { Metrics } from '@watchword/platform';
import type { AuthConfig } from '../config/index.js';
import { BreachedPasswordRange } from './breached-password-range.js';
import { BreachedPasswordList, BreachedPasswordSources } from './breached-passwords.js';
import { PasswordPolicy } from './password-policy.js';
import { ZxcvbnStrength } from './zxcvbn-strength.js';

/** The password policy of this installation: with the included list, and with the configured service, if any. */
export function createPasswordPolicy({ PASSWORD_MIN_LENGTH, BREACHED_PASSWORDS_URL }: AuthConfig, metrics: Metrics) {
  const range =
    BREACHED_PASSWORDS_URL === undefined ? [] : [new BreachedPasswordRange({ url: BREACHED_PASSWORDS_URL }, metrics)];
  const breached = new BreachedPasswordSources([new BreachedPasswordList(), ...range]);
  return new PasswordPolicy(new ZxcvbnStrength(), breached, PASSWORD_MIN_LENGTH);
}
