import type { AsymmetricAlgorithm } from '@watchword/auth';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** Signature algorithms with a public key. `none` and the HMAC algorithms are not allowed. */
const ALGORITHMS: Record<AsymmetricAlgorithm, true> = {
  ES256: true,
  ES384: true,
  ES512: true,
  RS256: true,
  RS384: true,
  RS512: true,
  PS256: true,
  PS384: true,
  PS512: true,
  EdDSA: true,
  Ed25519: true,
};

/** One or more asymmetric signature algorithms, separated by commas. */
export function IsAlgorithmList(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isAlgorithmList',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.split(',').every((name) => isAlgorithm(name.trim())),
        defaultMessage: () => `$property must be a comma-separated list of ${Object.keys(ALGORITHMS).join(', ')}`,
      },
    },
    options,
  );
}

/** The list in a text that {@link IsAlgorithmList} has accepted. */
export function algorithmsOf(text: string): readonly [AsymmetricAlgorithm, ...AsymmetricAlgorithm[]] {
  const [first = 'ES256', ...rest] = text
    .split(',')
    .map((name) => name.trim())
    .filter(isAlgorithm);
  return [first, ...rest];
}

const isAlgorithm = (name: string): name is AsymmetricAlgorithm => Object.hasOwn(ALGORITHMS, name);
